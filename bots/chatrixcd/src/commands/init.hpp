// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Asks for what a bot needs, trying each answer, makes a room and writes the configuration, 0600. `usage` if the file is there already or
// the answers end early: then nothing was written.
exit_code init(init_command const& asked, environment variables);

}  // namespace chatrixcd::bot
