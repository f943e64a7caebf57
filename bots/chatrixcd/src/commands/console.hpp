// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Commands from standard input, one a line, as the local operator; answers on standard output. Uses the bot's store, so the bot must not
// run. Ends with the input, after the runs that were started have ended.
exit_code console(console_command const& asked, environment variables);

}  // namespace chatrixcd::bot
