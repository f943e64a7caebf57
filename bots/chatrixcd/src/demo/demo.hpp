// SPDX-License-Identifier: Apache-2.0
// `chatrixcd demo`: a homeserver, the bot and a person in one terminal, over real HTTP, with nothing to configure.
#pragma once

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Without a terminal on standard input, or with --script, a fixed conversation is played; its exit code says whether it went well.
exit_code demo(demo_command const& asked, environment variables);

}  // namespace chatrixcd::bot
