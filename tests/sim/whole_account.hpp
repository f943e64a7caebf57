// SPDX-License-Identifier: Apache-2.0
// The final account of a life: what the room shows, what the CI has done and what the bot has written down must tell one story.
#pragma once

#include "sim/whole_script.hpp"

namespace chatrixcd::test {

// Fails the test case wherever the promise was broken. The bot is down.
void settle_accounts(whole_script& life);

}  // namespace chatrixcd::test
