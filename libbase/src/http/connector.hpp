// SPDX-License-Identifier: Apache-2.0
// Opens connections: looks the name up, races its addresses, goes through a proxy, shakes hands.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http_proxy.hpp>

#include "http/byte_stream.hpp"

namespace chatrixcd::base::http {

// Where a connection leads: connections to the same place are interchangeable.
struct origin {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string proxy;  // the name of the one that leads there; empty: none
    friend auto operator<=>(origin const&, origin const&) = default;
};

class connector {
public:
    // `files`: see make_tls_trust(), which they are handed to now if any is named, else at the first TLS connection.
    connector(boost::asio::any_io_executor executor, clock& time, tls_files const& files, std::string user_agent);

    // By way of `proxy`, if it is not null: through it for TLS, else to it. Error kind `unavailable`, with the addresses that were
    // tried and what became of each.
    boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(origin where, proxy_server const* proxy, duration limit);

private:
    class progress;
    boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> open(origin where, proxy_server const* proxy, progress& now);

    boost::asio::any_io_executor executor_;
    clock& time_;
    std::string user_agent_;
    std::unique_ptr<tls_trust> trust_;
};

}  // namespace chatrixcd::base::http
