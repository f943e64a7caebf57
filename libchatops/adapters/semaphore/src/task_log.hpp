// SPDX-License-Identifier: Apache-2.0
// The output of a task as lines with numbers. Semaphore has no range: the whole is read each time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <chatrixcd/chatops/adapters/semaphore.hpp>

#include "tasks.hpp"

namespace chatrixcd::chatops::semaphore_ci {

class task_log {
public:
    std::vector<std::string> lines;
    bool complete = false;
    bool is_settled = false;  // it ended long enough ago for all of its lines to be there
};

// Of a task that has ended, the last lines are waited for: Semaphore writes them after the end.
boost::asio::awaitable<ci::result<task_log>> read_log(semaphore::client& server, tasks& known, base::clock& time,
                                                      semaphore_ci_options const& how, task_name of);

}  // namespace chatrixcd::chatops::semaphore_ci
