// SPDX-License-Identifier: Apache-2.0
#include "copies/watch.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr char const* data_type = "org.chatrixcd.store";
constexpr char const* age_member = "at";
// Stores of one account; beyond, the one that was heard of longest ago is forgotten.
constexpr std::size_t most_stores = 16;
constexpr std::size_t longest_name = 64;
// What JSON can carry everywhere; more is no number of ours.
constexpr std::int64_t highest_mark = (std::int64_t{1} << 53) - 1;
constexpr base::duration raise_interval = std::chrono::minutes(10);
// A homeserver that answers, but with failures: it must not keep us from working for ever.
constexpr unsigned most_failures = 5;

marks marks_of(json::object const& data, std::string const& store) {
    marks found;
    auto const* entry = base::find_object(data, store);
    if (entry == nullptr) return found;
    for (auto const& member : *entry) {
        if (member.key() == age_member || member.key().size() > longest_name || !member.value().is_int64()) continue;
        if (member.value().get_int64() > highest_mark) continue;
        if (found.size() == most_stores) break;
        found[std::string(member.key())] = member.value().get_int64();
    }
    return found;
}

std::int64_t age_of(json::value const& entry) {
    auto const* object = entry.if_object();
    return object == nullptr ? 0 : base::find_integer(*object, age_member).value_or(0);
}

void set_entry(json::object& data, std::string const& store, marks const& all, base::time_point now) {
    json::object entry;
    for (auto const& [name, value] : all) entry[name] = value;
    entry[age_member] = std::int64_t{now.time_since_epoch().count()};
    data[store] = std::move(entry);
    while (data.size() > most_stores) {
        auto const older = [](auto const& a, auto const& b) { return age_of(a.value()) < age_of(b.value()); };
        data.erase(std::min_element(data.begin(), data.end(), older)->key());
    }
}

std::int64_t value_of(marks const& all, std::string const& name) {
    auto const place = all.find(name);
    return place == all.end() ? 0 : place->second;
}

// What comparing has found.
struct comparison {
    std::int64_t here = 0;
    std::int64_t there = 0;
    std::int64_t beside = 0;
    bool lost_file = false;
    bool put_back() const { return there > here || beside > here || lost_file; }
};

comparison compare_marks(base::transaction& t, std::int64_t account, marks const& there, generation_file const& file,
                         std::string const& store, base::time_point now) {
    comparison found;
    found.here = value_of(load_marks(t, account), own_mark);
    found.there = value_of(there, own_mark);
    auto const beside = file.is_used() ? file.read(store) : base::result<std::int64_t>(0);
    if (beside) found.beside = *beside;
    found.lost_file = !beside && has_generation(t, account);
    if (found.put_back()) mark_put_back(t, account, now);
    for (auto const& [name, value] : there) raise_mark(t, account, name, value);
    raise_mark(t, account, own_mark, std::max({found.here, found.there, found.beside}) + 1);
    return found;
}

}  // namespace

// One at a time talks to the homeserver.
class copy_watch::turn {
public:
    explicit turn(copy_watch& of) : of_(of) { of_.busy_ = true; }
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    ~turn() {
        of_.busy_ = false;
        of_.changed_.notify_all();
    }

private:
    copy_watch& of_;
};

copy_watch::copy_watch(services& with, api& homeserver, session const& who, std::string const& folder)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      file_(folder),
      changed_(with.executor),
      wait_(with.random, std::chrono::seconds(1)),
      log_(with.log.named("copies")) {}

std::string copy_watch::path() const { return client_path({"user", session_->user().str(), "account_data", data_type}); }

asio::awaitable<void> copy_watch::compare() {
    auto identify = [account = with_->account, fresh = with_->random.token(16)](base::transaction& t) {
        return name_of_store(t, account, fresh);
    };
    store_ = co_await write_through(*with_, std::move(identify));
    marks there;
    bool again = true;
    while (again) {
        auto const data = co_await fetch();
        if (data) there = marks_of(*data, store_);
        again = false;
        if (!data) again = co_await may_go_on(data.error());
    }
    auto work = [account = with_->account, there, file = file_, store = store_, now = with_->time.now()](base::transaction& t) {
        return compare_marks(t, account, there, file, store, now);
    };
    auto const found = co_await write_through(*with_, std::move(work));
    if (found.put_back()) {
        log_.warning(
            "the store was put back from a copy: what comes up to now may have been handled before, and is delivered as restored;"
            " what was encrypted with before is not used any more",
            {{"store", found.here}, {"homeserver", found.there}, {"file", found.lost_file ? "lost" : std::to_string(found.beside)}});
    }
    co_await write_file();
    raised_ = with_->time.uptime();
    co_await publish();
    compared_ = true;
    changed_.notify_all();
}

bool copy_watch::is_due() const { return compared_ && with_->time.uptime() - raised_ >= raise_interval; }

asio::awaitable<void> copy_watch::raise() {
    raised_ = with_->time.uptime();
    auto work = [account = with_->account](base::transaction& t) {
        auto const before = value_of(load_marks(t, account), own_mark);
        raise_mark(t, account, own_mark, before + 1);
    };
    co_await write_through(*with_, std::move(work));
    co_await write_file();
    co_await publish();
}

asio::awaitable<void> copy_watch::conclude() {
    if (!compared_) co_return;
    try {
        auto work = [account = with_->account](base::transaction& t) {
            raise_mark(t, account, own_mark, value_of(load_marks(t, account), own_mark) + 1);
        };
        co_await with_->store.write(std::move(work));
        auto keep = keeping();
        tell(co_await with_->store.write(std::move(keep)));
    } catch (base::store_error const& e) {
        with_->health.failed(e);
    }
}

// On the store's thread, which may wait for the disk, and after the store: a crash between them makes no copy of it.
std::function<base::result<void>(base::transaction&)> copy_watch::keeping() const {
    return [account = with_->account, file = file_, store = store_](base::transaction& t) {
        if (!file.is_used()) return base::result<void>();
        auto written = file.write(store, value_of(load_marks(t, account), own_mark));
        if (written) note_generation(t, account);
        return written;
    };
}

void copy_watch::tell(base::result<void> const& written) const {
    if (!written) log_.warning("the file that tells a copied store cannot be written", {{"why", written.error().describe()}});
}

asio::awaitable<void> copy_watch::write_file() {
    auto keep = keeping();
    tell(co_await write_through(*with_, std::move(keep)));
}

asio::awaitable<base::result<std::int64_t>> copy_watch::keep(std::string name, std::int64_t value) {
    if (name.empty() || name.size() > longest_name || name == own_mark || name == age_member) {
        co_return base::error(base::error_kind::invalid, "a mark's name must have 1 to 64 characters and be none of ours");
    }
    while (!compared_ && !closed_) co_await changed_.wait();
    if (closed_) co_return base::error(base::error_kind::unavailable, "the Matrix client does not run");
    auto work = [account = with_->account, name, value](base::transaction& t) { return raise_mark(t, account, name, value); };
    auto const before = co_await write_through(*with_, std::move(work));
    if (value > before) co_await publish();
    co_return before;
}

void copy_watch::close() {
    closed_ = true;
    changed_.notify_all();
}

asio::awaitable<base::result<json::object>> copy_watch::fetch() {
    auto request = call::get(path()).named("reading what the account knows of this store");
    auto answer = co_await api_->once(std::move(request));
    if (!answer && answer.error().kind() == base::error_kind::not_found) co_return json::object();
    co_return answer;
}

asio::awaitable<base::result<void>> copy_watch::put() {
    auto data = co_await fetch();
    if (!data) co_return data.error();
    if (closed_) co_return base::result<void>();
    auto load = [account = with_->account](base::transaction& t) { return load_marks(t, account); };
    auto const all = co_await write_through(*with_, std::move(load));
    set_entry(*data, store_, all, with_->time.now());
    auto request = call::put(path()).body(*data).named("telling the account of this store");
    auto const answer = co_await api_->once(std::move(request));
    if (!answer) co_return answer.error();
    co_return base::result<void>();
}

asio::awaitable<void> copy_watch::publish() {
    while (busy_) co_await changed_.wait();
    turn const mine(*this);
    bool again = !refused_;
    while (again && !closed_) {
        auto const done = co_await put();
        again = false;
        if (!done) again = co_await may_go_on(done.error());
        if (done) {
            failures_ = 0;
            wait_.reset();
        }
    }
}

asio::awaitable<bool> copy_watch::may_go_on(base::error why) {
    // The sync says so.
    if (why.kind() == base::error_kind::unauthorized) co_return false;
    bool const no_answer = why.kind() == base::error_kind::unavailable || why.kind() == base::error_kind::timeout_unknown;
    bool const later = why.kind() == base::error_kind::rate_limited || (no_answer && why.http_status() == 0);
    if (is_refusal(why) || (!later && ++failures_ >= most_failures)) {
        log_.warning("the homeserver keeps no account data for us: a store that is put back from a copy will not be recognised",
                     {{"why", why.describe()}});
        refused_ = true;
        co_return false;
    }
    auto const delay = wait_.next(why.retry_after());
    co_await with_->time.sleep(delay);
    co_return !closed_;
}

}  // namespace chatrixcd::matrix::detail
