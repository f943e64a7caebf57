// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Compares codes with one person, as the bot's device, whose store it uses, so the bot must not run. What there is to compare goes to
// standard output, the answer comes from standard input. `success`: somebody was verified; `failure`: nobody was.
exit_code verify(verify_command_line const& asked, environment const& variables);

}  // namespace chatrixcd::bot
