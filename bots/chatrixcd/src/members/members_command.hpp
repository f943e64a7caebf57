// SPDX-License-Identifier: Apache-2.0
// `members`: who is new in a room whose members are pinned, and letting them in.
#pragma once

#include <chatrixcd/chatops/command/command.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "config/config.hpp"
#include "members/reception.hpp"

namespace chatrixcd::bot {

// All outlive the command.
chatops::command members_command(config const& settings, matrix::client& account, reception& newcomers);

}  // namespace chatrixcd::bot
