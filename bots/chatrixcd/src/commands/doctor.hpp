// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Tries what the configuration says, one line each, starting nothing: the homeserver, the account, its rooms, each CI server. Ends with
// what `run` would end with, or `success`.
exit_code doctor(doctor_command const& asked, environment variables, std::ostream& out);

}  // namespace chatrixcd::bot
