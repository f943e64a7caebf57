// SPDX-License-Identifier: Apache-2.0
#include "sync/loop.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "copies/table.hpp"
#include "inbox/table.hpp"
#include "outbox/table.hpp"
#include "sync/memory.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr base::duration poll = std::chrono::seconds(30);
// Beyond the poll itself, for a homeserver under load.
constexpr base::duration patience = std::chrono::seconds(60);
// The first sync of an account in many rooms is large.
constexpr std::size_t most_bytes = 256U << 20U;
// An answer without news that comes faster than this, time and again, is a homeserver that does not wait.
constexpr base::duration hasty = std::chrono::milliseconds(50);
constexpr unsigned most_hasty = 5;
constexpr base::duration prune_interval = std::chrono::hours(1);

// A position that is refused so often will not be taken any more.
constexpr unsigned most_refusals = 3;
// After so many failures in a row, each time, the homeserver's name is asked where it is.
constexpr unsigned failures_to_ask = 4;

// Refusals of an account (suspended, over its limits) have other statuses and codes.
bool is_about_position(base::error const& e) {
    return e.http_status() == 400 && (e.errcode() == "M_INVALID_PARAM" || e.errcode() == "M_UNKNOWN" || e.errcode() == "M_UNKNOWN_POS");
}

// MSC4222, in the specification since v1.16.
constexpr char const* state_after_flag = "org.matrix.msc4222";

std::string filter_of(sync_filter const& from, bool all) {
    sync_filter::extras shown;
    shown.presence = all;
    shown.account_data = all;
    shown.ephemeral = all;
    return boost::json::serialize(from.sync_json(shown));
}

}  // namespace

// Places of whoever handles rows. Given back, whatever becomes of the transaction.
class sync_loop::reservation {
public:
    explicit reservation(listeners const& with) : with_(with) {}
    reservation(reservation const&) = delete;
    reservation& operator=(reservation const&) = delete;
    ~reservation() { give_back(); }
    void give_back() {
        if (auto const places = spend(); places > 0) with_.give_back(places);
    }
    void hold() { places_ = with_.reserve(); }
    std::size_t places() const noexcept { return places_; }
    std::size_t spend() noexcept { return std::exchange(places_, 0); }

private:
    listeners const& with_;
    std::size_t places_ = 0;
};

sync_loop::sync_loop(receiver from, sync_filter const& filter, passing_queue& passed, listeners to)
    : from_(std::move(from)),
      passed_(passed),
      to_(std::move(to)),
      filter_(filter_of(filter, passed.has_listener())),
      wait_(from_.with().random, std::chrono::seconds(1)),
      log_(from_.with().log.named("sync")) {}

asio::awaitable<void> sync_loop::run(bool once) {
    auto load = [account = from_.with().account](base::transaction& t) { return load_position(t, account); };
    position_ = co_await write_through(from_.with(), std::move(load));
    auto look = [account = from_.with().account](base::transaction& t) { return is_catching_up(t, account); };
    catching_up_ = co_await write_through(from_.with(), std::move(look));
    // The first answer shall come at once, whether or not there is news.
    bool synced = false;
    while (!ended_ && !(once && synced)) {
        auto timeout = base::duration(0);
        if (synced) timeout = poll;
        bool const went_well = co_await step(timeout);
        if (went_well) synced = true;
    }
}

call sync_loop::request(base::duration timeout) const {
    auto made = call::get(client_path({"sync"}))
                    .query("timeout", std::to_string(timeout.count()))
                    .query("filter", filter_)
                    .timeout(timeout + patience)
                    .max_response(most_bytes)
                    .named("the sync");
    if (!position_.empty()) made = std::move(made).query("since", position_);
    auto const& features = from_.features();
    if (features.has_version("v1.16")) {
        made = std::move(made).query("use_state_after", "true");
    } else if (features.has_unstable(state_after_flag)) {
        made = std::move(made).query("org.matrix.msc4222.use_state_after", "true");
    }
    return made;
}

asio::awaitable<bool> sync_loop::step(base::duration timeout) {
    auto& time = from_.with().time;
    co_await check_memory();
    auto const asked = time.uptime();
    auto body = co_await from_.homeserver().once_unread(request(timeout));
    if (!body) co_return co_await refuse(body.error());
    auto answer = std::make_shared<arrived>(std::move(*body));
    if (answer->is_read() && !answer->read()) co_return co_await refuse(answer->read().error());
    // The same position again is no news, whatever comes with it.
    bool const news = !answer->is_read() || (!answer->read()->rooms.empty() && answer->read()->next_batch != position_);
    note_haste(news, timeout, time.uptime() - asked);
    if (hasty_ > most_hasty) co_await time.sleep(std::chrono::seconds(1));
    co_return co_await take(std::move(answer));
}

void sync_loop::note_haste(bool news, base::duration timeout, base::duration took) {
    hasty_ = !news && timeout > base::duration(0) && took < hasty ? hasty_ + 1 : 0;
}

// Shared with the store's thread; one of the two has it at a time.
asio::awaitable<bool> sync_loop::take(std::shared_ptr<arrived> answer) {
    std::optional<received> count;
    reservation free(to_);
    bool const same = answer->is_read() && answer->read()->rooms.empty() && answer->read()->next_batch == position_;
    bool const empty = same && !catching_up_;
    if (empty) {
        count.emplace();
    } else {
        // A row that somebody is free to handle is marked in the transaction that keeps it.
        free.hold();
        auto how = from_.next();
        how.places = free.places();
        auto work = [answer, how = std::move(how)](base::transaction& t) -> std::optional<received> {
            auto const& batch = answer->read();
            if (!batch) return std::nullopt;
            return commit_batch(t, *batch, how);
        };
        bool stored = false;
        try {
            count = co_await from_.with().store.write(std::move(work));
            stored = true;
        } catch (base::store_error const& e) {
            from_.with().health.failed(e);
        }
        if (!stored) {
            free.give_back();
            to_.doubtful();
            // Kept or not: the homeserver is asked for it again, and what is known already changes nothing.
            auto const delay = wait_.next();
            co_await from_.with().time.sleep(delay);
            co_return false;
        }
        from_.with().health.worked();
    }
    if (!count) co_return co_await refuse(answer->read().error());
    if (!reachable_) log_.info("the homeserver answers again");
    reachable_ = true;
    refusals_ = 0;
    failures_ = 0;
    auto const& batch = *answer->read();
    if (batch.skipped > 0) log_.warning("parts of a sync response were malformed and are ignored", {{"number", batch.skipped}});
    wait_.reset();
    position_ = batch.next_batch;
    catching_up_ = false;
    passed_.take(*batch.source);
    to_.stored(std::move(*count), free.spend());
    answer.reset();
    co_await forget_old();
    co_return true;
}

asio::awaitable<bool> sync_loop::refuse(base::error why) {
    bool const position = !position_.empty() && is_about_position(why);
    if (position) ++refusals_;
    if (position && (why.errcode() == "M_UNKNOWN_POS" || refusals_ >= most_refusals)) {
        co_await start_over(why.describe());
    } else {
        co_await pause(std::move(why));
    }
    co_return false;
}

// Once at start, and whenever the homeserver has ended our session, it may be another one than it was.
asio::awaitable<void> sync_loop::check_memory() {
    auto const device = from_.device();
    if (checked_as_ == device) co_return;
    if (!position_.empty()) {
        bool const forgotten = co_await has_forgotten_us(from_);
        if (forgotten) co_await start_over("it knows none of our rooms");
    }
    checked_as_ = from_.device();
}

asio::awaitable<void> sync_loop::start_over(std::string why) {
    log_.error("the homeserver has lost its history, or our place in it: rooms are read anew, and what was said meanwhile is looked for",
               {{"why", why}});
    auto forget = [account = from_.with().account](base::transaction& t) { forget_position(t, account); };
    co_await write_through(from_.with(), std::move(forget));
    position_.clear();
    refusals_ = 0;
    wait_.reset();
}

asio::awaitable<void> sync_loop::pause(base::error why) {
    if (why.kind() == base::error_kind::unauthorized) {
        log_.error("the account is of no use any more", {{"why", why.describe()}});
        ended_ = true;
        to_.failed(why);
        co_return;
    }
    auto const delay = wait_.next(why.retry_after());
    if (reachable_) log_.warning("the sync fails, trying again", {{"why", why.describe()}, {"delay_ms", delay.count()}});
    reachable_ = false;
    co_await from_.with().time.sleep(delay);
    if (++failures_ % failures_to_ask == 0) co_await from_.homeserver().relocate();
}

asio::awaitable<void> sync_loop::forget_old() {
    auto& with = from_.with();
    auto const now = with.time.now();
    if (now - pruned_ < prune_interval) co_return;
    pruned_ = now;
    auto prune = [account = with.account, now](base::transaction& t) {
        prune_done(t, account, now);
        prune_made_here(t, account, now - done_memory);
    };
    co_await write_through(with, std::move(prune));
}

}  // namespace chatrixcd::matrix::detail
