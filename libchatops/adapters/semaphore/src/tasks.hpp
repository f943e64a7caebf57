// SPDX-License-Identifier: Apache-2.0
// Tasks by the ids of the port, of projects that may be used; and what we know of them that the server does not.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <set>

#include <chatrixcd/chatops/adapters/semaphore.hpp>

#include "catalog.hpp"
#include "values.hpp"

namespace chatrixcd::chatops::semaphore_ci {

class tasks {
public:
    tasks(semaphore::client& server, base::clock& time, catalog& known) : server_(server), time_(time), catalog_(known) {}

    // Errors: not_found (no id of ours), forbidden (of a project that may not be used).
    boost::asio::awaitable<ci::result<task_name>> named(ci::run_id id);
    // Error not_found: it is in no list of its project either. An older server's empty 400 alone does not say that.
    boost::asio::awaitable<ci::result<semaphore::task>> find(task_name which);

    // We asked it to stop, so that its end is that, whatever the server calls it.
    void note_cancel(task_name which);
    void forget_cancel(task_name which) { canceled_.erase(which); }
    // Somebody decided, through us, that it shall not go on; its end is that.
    void note_rejection(task_name which);
    void forget_rejection(task_name which) { rejected_.erase(which); }
    // What we did to a task that changes the meaning of its end.
    interference done_to(task_name which) const;
    // How long ago, by our clock, it was first seen to have ended: its last lines may come later.
    base::duration ended_since(task_name which);

private:
    semaphore::client& server_;
    base::clock& time_;
    catalog& catalog_;
    std::set<task_name> canceled_;
    std::set<task_name> rejected_;
    std::map<task_name, base::duration> ended_;
};

}  // namespace chatrixcd::chatops::semaphore_ci
