// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Prints every value with its origin, secrets masked, then what is wrong. `usage` if the bot would not start, or if nobody could
// command it.
exit_code check(check_command const& asked, environment variables, std::ostream& out);

}  // namespace chatrixcd::bot
