// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

#include "simulated_task.hpp"

namespace chatrixcd::semaphore::testing {

// Runs a task's program to its end; the task prints what it prints, and ends as it does. Both must outlive it. Cancelled, it has the
// program killed. The variables are all that it sees.
boost::asio::awaitable<void> run_program(simulated_task& task, base::clock& time, flavour const& as, program_environment variables);

}  // namespace chatrixcd::semaphore::testing
