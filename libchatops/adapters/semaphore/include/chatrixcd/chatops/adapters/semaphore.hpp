// SPDX-License-Identifier: Apache-2.0
// A Semaphore server as a ci::server: with the facets logs, control, gates, schedules and events.
//
// Project ids are Semaphore's numbers, job ids those of templates, run ids "PROJECT/TASK". The key of a start stands at the beginning of
// the task's message, and is looked for there: Semaphore has no keys. A plan carries a fingerprint of its template, and does not start if
// the template has changed since.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/websocket.hpp>
#include <chatrixcd/chatops/ci/server.hpp>
#include <chatrixcd/semaphore/client.hpp>
#include <chatrixcd/semaphore/task_feed.hpp>

namespace chatrixcd::chatops {

class semaphore_ci_options {
public:
    semaphore_ci_options() = default;
    // Names or numbers of the projects that are used; empty: all that the user is a member of. Of others nothing is shown, started or
    // stopped, even by their numbers. A word of digits is a number.
    std::vector<std::string> projects;
    base::logger log;
    semaphore::feed_options news;
    // How long lists of projects and templates are believed.
    base::duration lists_last = std::chrono::seconds(60);
    // The last lines of a task may come after its end: how long they are waited for, and how often they are asked for.
    base::duration log_settles_within = std::chrono::seconds(5);
    base::duration log_asked_every{500};
};

class semaphore_ci_server : public ci::server {
public:
    // Listens to what the server tells by itself, until it is cancelled, which must be before the adapter is destroyed. Without it news
    // come by asking, some seconds later.
    virtual boost::asio::awaitable<void> listen(base::http::websocket_dialer& by, base::random& dice) = 0;
    // Somebody says that a task of this project has changed: its runs that are followed are asked for soon. It need not be true.
    virtual void hint(semaphore::project_id in) = 0;
};

// Both must outlive the adapter.
std::unique_ptr<semaphore_ci_server> make_semaphore_ci(semaphore::client& server, base::clock& time, semaphore_ci_options how = {});

}  // namespace chatrixcd::chatops
