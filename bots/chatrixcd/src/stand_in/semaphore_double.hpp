// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// A stand-in for a Semaphore UI server: the double of libsemaphore's tests on a port, with a project "web" of four templates whose tasks
// really run. Prints one line, "ready http://ADDRESS:PORT", once it answers, and serves until SIGINT or SIGTERM; if it cannot, one line to
// standard error says why. It keeps nothing.
exit_code semaphore_double(semaphore_double_command const& asked, environment variables);

}  // namespace chatrixcd::bot
