// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_line.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Runs the embedded homeserver alone until SIGINT or SIGTERM. Prints one line, "ready http://ADDRESS:PORT", once it answers; its log and,
// if it cannot go on, one line saying why go to standard error.
exit_code homeserver(homeserver_command const& asked);

}  // namespace chatrixcd::bot
