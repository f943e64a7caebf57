// SPDX-License-Identifier: Apache-2.0
// News of tasks. By asking: one request a project and round, however many tasks are followed; rounds are short while something that is
// followed runs in the project, and long else. Or by listening: then the server says what changes, and asking is for what it may have
// said while nobody listened.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/semaphore/client.hpp>
#include <chatrixcd/semaphore/live.hpp>

namespace chatrixcd::semaphore {

class feed_options {
public:
    feed_options() = default;
    base::duration while_running = std::chrono::seconds(2);
    base::duration else_every = std::chrono::seconds(30);  // and all of them while somebody listens
    // What the server says of a task that we do not know yet makes us ask for its project, at most so often.
    base::duration after_a_hint{500};
    // Between two tries to listen: the bounds of a back-off.
    base::duration reconnect_first = std::chrono::seconds(1);
    base::duration reconnect_most = std::chrono::seconds(60);
    // The list of a project holds 200 tasks; one that is followed and not among them is asked for by itself, this many a round.
    std::size_t most_single_requests = 20;
};

// Used on one executor, by one reader. The client and the clock must outlive it.
class task_feed {
public:
    task_feed(client& from, base::clock& time, feed_options how = {});
    ~task_feed();

    // From now on the project is asked about. What its list shows first is known, not news, unless it is followed.
    void add_project(project_id in);
    // The task is waited for: its project is asked about often until it has ended, and then, if it was not added, no more. The task's next
    // state is news, whatever it is. A project that is not there any more, or does not show itself to us, is let go.
    void follow(project_id in, task_id which);

    // Somebody says that something happened in the project: it is asked about soon, at most as often as after_a_hint says. Others than
    // those that are added or followed are passed over.
    void hint(project_id in);

    // Waits for a task that has another status or end than it had, and returns it as it is now. A change may be told twice, and what
    // changed twice between two rounds is told once. Errors: those of the first project that could not be asked, once for each round; the
    // others are asked all the same, and the next call goes on.
    boost::asio::awaitable<result<task>> next();

    // Listens for as long as it is not cancelled, and connects again whenever it must. While it is connected, next() needs to ask only
    // seldom. At most one at a time; it must have ended before the feed does.
    boost::asio::awaitable<void> listen(base::http::websocket_dialer& by, base::random& dice, base::logger log = {});
    bool is_listening() const noexcept { return is_listening_; }

private:
    struct known_project;

    boost::asio::awaitable<void> round();
    boost::asio::awaitable<void> ask(project_id in, known_project& about);
    boost::asio::awaitable<void> ask_for_missing(project_id in, known_project& about, std::set<task_id> const& seen);
    boost::asio::awaitable<base::error> hear(live_connection from);
    void take(known_project& about, task seen);
    void take(task_update said);
    static bool is_newer_said(known_project& about, task const& shown);
    void ask_all_soon();
    void hurry();
    base::duration until_due(known_project const& about) const;
    base::duration until_next_round() const;

    client* client_;
    base::clock* time_;
    feed_options how_;
    std::map<project_id, known_project> projects_;
    std::deque<task> news_;
    std::deque<base::error> failures_;
    std::unique_ptr<base::notifier> hurried_;
    bool is_listening_ = false;
};

}  // namespace chatrixcd::semaphore
