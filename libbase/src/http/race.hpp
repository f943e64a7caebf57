// SPDX-License-Identifier: Apache-2.0
// Connecting to a host of several addresses (RFC 8305): the families take turns, each address gets a quarter of a second before the next
// one is tried beside it, the first connection wins.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base::http {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// The addresses in the order in which they are tried: families alternate, that of the first one leads; at most 16, each once.
endpoints in_turns(endpoints const& found);

// What became of the addresses that were tried so far, for an error's message; lives on when the race is cancelled.
class tried_addresses {
public:
    void begins(boost::asio::ip::tcp::endpoint const& address);
    void failed(boost::asio::ip::tcp::endpoint const& address, std::string why);
    // Empty if none was tried; else, of the first six: "192.0.2.1: Connection refused, [2001:db8::1]: no answer"
    std::string text() const;

private:
    std::vector<std::pair<boost::asio::ip::tcp::endpoint, std::string>> entries_;
};

// Connects one socket. Cancellation ends it with system_error(operation_aborted).
using dial = std::function<boost::asio::awaitable<result<boost::asio::ip::tcp::socket>>(boost::asio::ip::tcp::endpoint)>;

// The first socket that `connect` gives; the other attempts are cancelled and have ended, and their sockets are closed. Once one has
// failed, the next begins at once. Error kind `unavailable` with all the addresses and reasons. `addresses` is not empty.
boost::asio::awaitable<result<boost::asio::ip::tcp::socket>> race(clock& time, endpoints addresses, dial connect, tried_addresses& tried);

}  // namespace chatrixcd::base::http
