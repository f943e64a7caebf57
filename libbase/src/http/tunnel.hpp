// SPDX-License-Identifier: Apache-2.0
// A way through a proxy (RFC 9110, 9.3.6): what is sent behind it goes to the other end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http_proxy.hpp>

namespace chatrixcd::base::http {

// Asks the proxy at the other end of `socket` to connect to `target`, "host:port". Error kind `unavailable`, whatever goes wrong:
// nothing was sent to the target.
boost::asio::awaitable<result<void>> open_tunnel(boost::asio::ip::tcp::socket& socket, proxy_server const& by, std::string target,
                                                 std::string user_agent);

// What a proxy's 407 comes to, by the request that got it.
error proxy_wants_credentials(proxy_server const& by);

}  // namespace chatrixcd::base::http
