// SPDX-License-Identifier: Apache-2.0
// Opens connections: looks the name up, tries its addresses one after another, shakes hands.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>

#include "http/byte_stream.hpp"

namespace chatrixcd::base::http {

// Where a connection leads: connections to the same place are interchangeable.
struct origin {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    friend auto operator<=>(origin const&, origin const&) = default;
};

class connector {
public:
    // `files`: see make_tls_trust(), which they are handed to now if any is named, else at the first TLS connection.
    connector(boost::asio::any_io_executor executor, clock& time, tls_files const& files);

    // Error kind `unavailable`, with the reason of the address tried last.
    boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(origin where, duration limit);

private:
    boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> open(origin where, duration limit);

    boost::asio::any_io_executor executor_;
    clock& time_;
    std::unique_ptr<tls_trust> trust_;
};

}  // namespace chatrixcd::base::http
