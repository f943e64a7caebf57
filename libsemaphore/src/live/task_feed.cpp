// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/task_feed.hpp>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/retry.hpp>
#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::semaphore {

using boost::asio::awaitable;

namespace {

// Servers say what a task has become before they keep it: for so long, what they say when they are asked may be older.
constexpr base::duration said_counts = std::chrono::seconds(5);

// What makes a task another one for whoever follows it.
bool is_same(task const& a, task const& b) { return a.raw_status == b.raw_status && a.end.has_value() == b.end.has_value(); }

// What is told of a task needs no copy of the server's own words.
task without_raw(task t) {
    t.raw = {};
    return t;
}

// Whether somebody listens, however the listening ends.
class listening_flag {
public:
    explicit listening_flag(bool& is_set) : is_set_(is_set) { is_set_ = true; }
    listening_flag(listening_flag const&) = delete;
    listening_flag& operator=(listening_flag const&) = delete;
    ~listening_flag() { is_set_ = false; }

private:
    bool& is_set_;
};

awaitable<bool> woken(base::notifier& changed) {
    co_await changed.wait();
    co_return true;
}

}  // namespace

struct task_feed::known_project {
    bool was_added = false;
    bool was_asked = false;
    bool was_listed = false;
    bool is_hinted = false;                  // something happened that we do not know
    std::optional<base::duration> again_at;  // when what the last list may have known too early is asked for again
    std::map<task_id, task> unfinished;      // those that may still change
    std::map<task_id, base::duration> said;  // when the server last spoke of a task by itself
    std::set<task_id> followed;
    task_id last_missing;  // the last that was asked for by itself: the next round goes on behind it
    base::duration last_asked{};
};

task_feed::task_feed(client& from, base::clock& time, feed_options how) : client_(&from), time_(&time), how_(how) {}
task_feed::~task_feed() = default;

void task_feed::add_project(project_id in) { projects_[in].was_added = true; }

void task_feed::follow(project_id in, task_id which) {
    auto& about = projects_[in];
    if (!about.followed.insert(which).second) return;
    about.unfinished.erase(which);
    // The server may have spoken of it before.
    about.is_hinted = true;
    hurry();
}

void task_feed::hint(project_id in) {
    auto const found = projects_.find(in);
    if (found == projects_.end()) return;
    found->second.is_hinted = true;
    hurry();
}

void task_feed::hurry() {
    if (hurried_) hurried_->notify_all();
}

void task_feed::ask_all_soon() {
    for (auto& [id, about] : projects_) about.is_hinted = true;
    hurry();
}

awaitable<result<task>> task_feed::next() {
    if (!hurried_) hurried_ = std::make_unique<base::notifier>(co_await boost::asio::this_coro::executor);
    for (;;) {
        if (!news_.empty()) {
            auto found = std::move(news_.front());
            news_.pop_front();
            co_return found;
        }
        if (!failures_.empty()) {
            auto why = std::move(failures_.front());
            failures_.clear();
            co_return why;
        }
        auto const pause = until_next_round();
        if (pause > base::duration(0)) co_await base::with_timeout(*time_, woken(*hurried_), pause);
        // What the server said meanwhile does not wait for what it is asked.
        if (news_.empty()) co_await round();
    }
}

// How long a project need not be asked about: zero or less if it is due.
base::duration task_feed::until_due(known_project const& about) const {
    if (!about.was_added && about.followed.empty()) return how_.else_every;
    if (!about.was_asked) return base::duration(0);
    bool const is_asked_often = !about.followed.empty() && !is_listening_;
    auto const usual = is_asked_often ? how_.while_running : how_.else_every;
    auto const every = about.is_hinted ? std::min(usual, how_.after_a_hint) : usual;
    auto when = about.last_asked + every;
    if (about.again_at) when = std::min(when, *about.again_at);
    return when - time_->uptime();
}

base::duration task_feed::until_next_round() const {
    auto soonest = how_.else_every;
    for (auto const& [id, about] : projects_) soonest = std::min(soonest, until_due(about));
    return soonest;
}

awaitable<void> task_feed::round() {
    std::vector<project_id> due;
    for (auto const& [id, about] : projects_) {
        if (until_due(about) <= base::duration(0)) due.push_back(id);
    }
    for (auto const id : due) {
        co_await ask(id, projects_[id]);
        if (!news_.empty()) co_return;  // the others are still due
    }
}

awaitable<void> task_feed::ask(project_id in, known_project& about) {
    about.is_hinted = false;
    about.again_at.reset();
    std::erase_if(about.said, [now = time_->uptime()](auto const& one) { return now - one.second > said_counts; });
    auto list = co_await client_->last_tasks(in);
    about.last_asked = time_->uptime();
    about.was_asked = true;
    if (!list) {
        if (list.error().kind() == base::error_kind::not_found) about.followed.clear();
        failures_.push_back(list.error());
        co_return;
    }
    std::set<task_id> seen;
    for (auto& each : *list) {
        seen.insert(each.id);
        if (is_newer_said(about, each)) continue;
        take(about, std::move(each));
    }
    about.was_listed = true;
    std::erase_if(about.unfinished,
                  [&](auto const& known) { return !seen.contains(known.first) && !about.followed.contains(known.first); });
    co_await ask_for_missing(in, about, seen);
}

// Whether the server has just spoken of the task by itself, so that what it says when it is asked may be older; then it is asked again.
bool task_feed::is_newer_said(known_project& about, task const& shown) {
    auto const said = about.said.find(shown.id);
    if (said == about.said.end()) return false;
    auto const known = about.unfinished.find(shown.id);
    bool const agrees = known == about.unfinished.end() ? shown.is_finished() : is_same(known->second, shown);
    if (agrees) return true;
    auto const counts_until = said->second + said_counts + base::duration(1);
    about.again_at = about.again_at ? std::max(*about.again_at, counts_until) : counts_until;
    return true;
}

// What is followed and has left the list still is to be told of: a few a round, each in its turn.
awaitable<void> task_feed::ask_for_missing(project_id in, known_project& about, std::set<task_id> const& seen) {
    std::vector<task_id> missing;
    std::ranges::set_difference(about.followed, seen, std::back_inserter(missing));
    auto const next = std::ranges::upper_bound(missing, about.last_missing);
    std::ranges::rotate(missing, next);
    if (missing.size() > how_.most_single_requests) missing.resize(how_.most_single_requests);
    for (auto const id : missing) {
        about.last_missing = id;
        auto found = co_await client_->find_task(in, id);
        // It may have ended, or changed, while it was asked for.
        if (!about.followed.contains(id)) continue;
        if (found && is_newer_said(about, *found)) continue;
        if (found) {
            take(about, std::move(*found));
        } else if (found.error().kind() == base::error_kind::not_found) {
            about.followed.erase(id);  // deleted; whoever asks for it is told so
        } else {
            failures_.push_back(found.error());
        }
    }
}

void task_feed::take(known_project& about, task seen) {
    auto const before = about.unfinished.find(seen.id);
    bool const is_followed = about.followed.contains(seen.id);
    bool const is_known = before != about.unfinished.end();
    // A task that is neither known nor followed is news only if it came after the first list and has not ended.
    bool const is_new = !is_known && (is_followed || (about.was_listed && !seen.is_finished()));
    bool const changed = is_new || (is_known && !is_same(before->second, seen));
    if (seen.is_finished()) {
        about.unfinished.erase(seen.id);
        about.followed.erase(seen.id);
    } else {
        about.unfinished.insert_or_assign(seen.id, without_raw(seen));
    }
    if (changed) news_.push_back(std::move(seen));
}

void task_feed::take(task_update said) {
    auto const found = projects_.find(said.project);
    if (found == projects_.end()) return;
    auto& about = found->second;
    auto const known = about.unfinished.find(said.task);
    if (known == about.unfinished.end()) {
        // Its end is said twice.
        bool const has_ended = said.end || is_terminal(task_status_from(said.raw_status));
        if (!has_ended || about.followed.contains(said.task)) about.is_hinted = true;
    } else {
        about.said.insert_or_assign(said.task, time_->uptime());
        auto now = known->second;
        now.raw_status = std::move(said.raw_status);
        now.status = task_status_from(now.raw_status);
        if (said.start) now.start = said.start;
        if (said.end) now.end = said.end;
        if (said.version) now.version = std::move(said.version);
        take(about, std::move(now));
    }
    hurry();
}

awaitable<base::error> task_feed::hear(live_connection from) {
    listening_flag const flag(is_listening_);
    // What happened before nobody repeats.
    ask_all_soon();
    for (;;) {
        auto message = co_await from.next();
        if (!message) co_return message.error();
        if (auto* const update = std::get_if<task_update>(&*message)) take(std::move(*update));
    }
}

awaitable<void> task_feed::listen(base::http::websocket_dialer& by, base::random& dice, base::logger log) {
    base::backoff pauses(dice, how_.reconnect_first, how_.reconnect_most);
    std::string last_reason;
    for (;;) {
        auto const since = time_->uptime();
        auto connection = co_await connect_live(*client_, by);
        if (connection) {
            log.info("the server tells its news by itself");
            last_reason.clear();
        }
        auto why = connection ? base::error(base::error_kind::unavailable, "") : connection.error();
        if (connection) why = co_await hear(std::move(*connection));
        // Whatever was said before counts no more: it may have changed unheard.
        for (auto& [id, about] : projects_) about.said.clear();
        ask_all_soon();
        if (why.message() != last_reason) log.info("the server does not tell its news; it is asked instead", {{"why", why.describe()}});
        last_reason = why.message();
        // One that is cut again and again is not asked for again and again.
        if (time_->uptime() - since >= how_.reconnect_most) pauses.reset();
        co_await time_->sleep(pauses.next());
    }
}

}  // namespace chatrixcd::semaphore
