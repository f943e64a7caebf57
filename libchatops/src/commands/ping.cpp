// SPDX-License-Identifier: Apache-2.0
#include "commands/services.hpp"

namespace chatrixcd::chatops::commands {

namespace {

struct no_args {};

boost::asio::awaitable<result<view>> ping(context&, no_args) { co_return view::of_text("pong"); }

}  // namespace

command ping_command() { return declare<no_args>("ping", "Say pong").example("ping").does(ping); }

}  // namespace chatrixcd::chatops::commands
