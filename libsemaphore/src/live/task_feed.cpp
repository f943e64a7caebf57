// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/task_feed.hpp>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::semaphore {

using boost::asio::awaitable;

namespace {

// What makes a task another one for whoever follows it.
using state = std::pair<std::string, bool>;
state state_of(task const& t) { return {t.raw_status, t.end.has_value()}; }

awaitable<bool> woken(base::notifier& changed) {
    co_await changed.wait();
    co_return true;
}

}  // namespace

struct task_feed::known_project {
    bool was_added = false;
    bool was_asked = false;
    bool was_listed = false;
    std::map<task_id, state> unfinished;  // those that may still change
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
    if (hurried_) hurried_->notify_all();
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
        co_await round();
    }
}

// How long a project need not be asked about: zero or less if it is due.
base::duration task_feed::until_due(known_project const& about) const {
    if (!about.was_added && about.followed.empty()) return how_.else_every;
    if (!about.was_asked) return base::duration(0);
    auto const every = about.followed.empty() ? how_.else_every : how_.while_running;
    return about.last_asked + every - time_->uptime();
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
    for (auto const id : due) co_await ask(id, projects_[id]);
}

awaitable<void> task_feed::ask(project_id in, known_project& about) {
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
        take(about, std::move(each));
    }
    about.was_listed = true;
    std::erase_if(about.unfinished,
                  [&](auto const& known) { return !seen.contains(known.first) && !about.followed.contains(known.first); });
    co_await ask_for_missing(in, about, seen);
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
    bool const changed = is_new || (is_known && before->second != state_of(seen));
    if (seen.is_finished()) {
        about.unfinished.erase(seen.id);
        about.followed.erase(seen.id);
    } else {
        about.unfinished.insert_or_assign(seen.id, state_of(seen));
    }
    if (changed) news_.push_back(std::move(seen));
}

}  // namespace chatrixcd::semaphore
