// SPDX-License-Identifier: Apache-2.0
// Everything for a bot of one file.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include <chatrixcd/matrix/client.hpp>
#include <chatrixcd/matrix/markdown.hpp>

namespace chatrixcd::matrix {

// Runs a program that is one bot: a loop, a client, SIGINT and SIGTERM for a graceful stop, one line on standard error if it fails.
// Proxies are those of the environment, unless the options name one or bring a transport. Returns the exit code: 0 when `bot` returned or a
// signal came, 1 when it threw or the client failed. The only function here that installs signal handlers.
int run_bot(options how, std::function<boost::asio::awaitable<void>(client&)> bot);
// As above, with options made where a failure becomes that one line.
int run_bot(std::function<options()> how, std::function<boost::asio::awaitable<void>(client&)> bot);

}  // namespace chatrixcd::matrix
