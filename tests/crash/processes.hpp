// SPDX-License-Identifier: Apache-2.0
// What a process of the bot does. Each runs in a process of its own, with the real clock, a real socket and a store thread.
#pragma once

#include "crash/stage.hpp"

namespace chatrixcd::test {

// A bot that answers each message twice: "WORDS one", "WORDS two".
int live_as_echo(stage const& world, mortal& itself, int line);

// A chat-ops bot as the program wires it, whose CI is behind the stage's door; `native`: the CI refuses a second start by itself.
int live_as_engine(stage const& world, mortal& itself, int line, bool native);

}  // namespace chatrixcd::test
