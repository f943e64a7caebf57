// SPDX-License-Identifier: Apache-2.0
// What Asio 1.26 does not do by itself.
#pragma once

#include <fcntl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

namespace chatrixcd::base::http {

// Asio opens sockets that a child process would inherit.
inline void close_on_exec(int descriptor) noexcept { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

// For a connected socket: what is written leaves at once.
inline void send_at_once(boost::asio::ip::tcp::socket& socket) {
    boost::system::error_code ignored;  // small messages merely wait longer
    socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
}

}  // namespace chatrixcd::base::http
