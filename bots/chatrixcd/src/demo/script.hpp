// SPDX-License-Identifier: Apache-2.0
// The fixed conversation of `demo --script`: the first words of a newcomer, each waiting for its answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "demo/sample_ci.hpp"
#include "demo/visitor.hpp"

namespace chatrixcd::bot {

// Plays it. True if every line was answered as it should be, and the last card says success. `kill` ends the bot's process, which comes
// back; `complain` is told what was not as it should be.
boost::asio::awaitable<bool> play_script(sample_ci with, visitor& person, std::function<void()> kill,
                                         std::function<void(std::string)> complain);

}  // namespace chatrixcd::bot
