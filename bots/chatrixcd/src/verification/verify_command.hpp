// SPDX-License-Identifier: Apache-2.0
// `verify`: who is verified, who waits for it, and whose word decides.
//
// Codes prove nothing over the way that may be attacked. So a person's word counts only if the bot has verified that person already, and
// never about themselves; others verify at the machine (`chatrixcd verify`), or by their key in the configuration (matrix.verified).
#pragma once

#include <chatrixcd/chatops/command/command.hpp>

#include "config/config.hpp"
#include "verification/desk.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

// All outlive the command.
chatops::command verify_command(surroundings const& around, config const& settings, matrix::client& account, verification_desk& desk);

}  // namespace chatrixcd::bot
