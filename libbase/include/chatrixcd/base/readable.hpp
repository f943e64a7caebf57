// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace chatrixcd::base {

// Waits until the descriptor (a terminal, a pipe) can be read without blocking, or has ended. Reads nothing and leaves the descriptor
// the caller's. Cancellation ends it with system_error(operation_aborted). Throws error_exception(environment) for a descriptor that
// cannot be waited for, e.g. a plain file (which is always readable).
boost::asio::awaitable<void> wait_readable(boost::asio::any_io_executor executor, int descriptor);

}  // namespace chatrixcd::base
