// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chatrixcd/semaphore/testing/double.hpp>

namespace chatrixcd::bot {

// A project "web" with the templates deploy (parameters, some seconds), broken (fails), plan (waits for a decision) and slow (long enough
// to kill the bot meanwhile). All but plan really run a script.
void furnish(semaphore::testing::server& server);

}  // namespace chatrixcd::bot
