// SPDX-License-Identifier: Apache-2.0
// Signals for a program's main(); libraries install none.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace chatrixcd::base {

// Waits for SIGINT, SIGTERM or SIGHUP (the terminal is gone), but for those that are ignored, and returns its number. A second one while
// nobody waits ends the process at once with 128 + number: a kill is always safe. Cancellable.
boost::asio::awaitable<int> wait_for_stop_signal(boost::asio::any_io_executor executor);

}  // namespace chatrixcd::base
