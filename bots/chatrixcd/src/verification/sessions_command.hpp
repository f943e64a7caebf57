// SPDX-License-Identifier: Apache-2.0
// `sessions`: somebody's devices and what is known of them, and the Olm sessions with them.
#pragma once

#include <chatrixcd/chatops/command/command.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "config/config.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

// All outlive the command.
chatops::command sessions_command(surroundings const& around, config const& settings, matrix::client& account);

}  // namespace chatrixcd::bot
