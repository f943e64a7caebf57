// SPDX-License-Identifier: Apache-2.0
// `chatrixcd verify --replace-identity`: a new identity for the bot's account.
#pragma once

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

exit_code replace_identity(verify_command_line const& asked, environment const& variables);

}  // namespace chatrixcd::bot
