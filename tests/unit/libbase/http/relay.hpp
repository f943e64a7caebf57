// SPDX-License-Identifier: Apache-2.0
// What a proxy does once it has granted a CONNECT.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <string>

#include <chatrixcd/base/notifier.hpp>
#include <support/raw_socket.hpp>

namespace chatrixcd::test {

// Copies from one to the other until the first ends, and ends the other.
inline boost::asio::awaitable<void> copy(raw_peer& from, raw_peer& to) {
    std::string piece;
    do {
        piece = co_await from.read_some(65536);
        if (!piece.empty()) co_await to.send(piece);
    } while (!piece.empty());
    to.end();
}

// Copies both ways between `peer` and a server on loopback until both have ended. No task_group: the loop may go before them.
inline boost::asio::awaitable<void> relay_to(boost::asio::io_context& loop, raw_peer& peer, std::uint16_t port) {
    auto server = co_await raw_peer::connect(loop, port);
    base::notifier changed(loop.get_executor());
    bool ended = false;
    auto back = [&](std::exception_ptr) {
        ended = true;
        changed.notify_all();
    };
    boost::asio::co_spawn(loop, copy(server, peer), back);
    co_await copy(peer, server);
    while (!ended) co_await changed.wait();
}

}  // namespace chatrixcd::test
