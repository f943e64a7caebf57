// SPDX-License-Identifier: Apache-2.0
// WebSockets (RFC 6455) whose messages are texts: opened by a client over the same TLS, proxies and raced addresses as its requests, or
// accepted by the HTTP server (server_options::websockets). No extensions and no subprotocols.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/http_client.hpp>

namespace chatrixcd::base::http {

// One connection. Used on its executor; destroying it cuts the connection, and no receive() may be under way then.
class websocket {
public:
    virtual ~websocket() = default;
    // The next text. While it waits, the peer's pings are answered, and a peer of whom nothing is heard is pinged; so call it again soon.
    // Errors, after which there is nothing more to come: unavailable (the peer has closed, or is lost, or does not answer), too_large,
    // protocol (not what RFC 6455 permits, or no text). Cancellation ends the connection.
    virtual boost::asio::awaitable<result<std::string>> receive() = 0;
    // Queues a text. Errors: unavailable (the connection has ended), too_large (as many as may wait do: the peer does not keep up).
    virtual result<void> send(std::string text) = 0;
    // Says that we have had enough. What was queued still goes out; receive() answers `unavailable` when the peer has said so too.
    virtual void close() = 0;
};

class websocket_limits {
public:
    websocket_limits() = default;
    std::size_t max_message = 16U << 20U;  // longer ones that come: too_large
    std::size_t max_queued = 256;          // that wait to go out
    // A peer of whom nothing was heard for so long is pinged, and given up if nothing comes for as long again.
    duration ping_after = std::chrono::seconds(60);
};

// What became of the wish for a connection.
class websocket_answer {
public:
    std::unique_ptr<websocket> socket;  // null: the server answered `refusal` instead
    response refusal;
};

class websocket_dialer {
public:
    virtual ~websocket_dialer() = default;
    // Asks for a connection at an http or https URL with the headers of `r`, which is a GET without a body; within its time-out. Errors:
    // unavailable, protocol, invalid (the URL), too_large (a refusal's body). Cancellation ends it with system_error(operation_aborted).
    virtual boost::asio::awaitable<result<websocket_answer>> open(request r) = 0;
};

// The dialer must be used on the executor's thread. Its connections may outlive it, but not the clock. Throws as make_client().
std::unique_ptr<websocket_dialer> make_websocket_dialer(boost::asio::any_io_executor executor, clock& time, client_options options = {},
                                                        websocket_limits limits = {});

// The server's side.
class websocket_handler {
public:
    virtual ~websocket_handler() = default;
    virtual websocket_limits limits() const { return {}; }
    // The answer to a request that is to be refused; nothing: it gets its connection.
    virtual std::optional<response> refusal(request const& r) = 0;
    // Serves a connection; when it returns, the connection is closed. Cancelled if the server is cut.
    virtual boost::asio::awaitable<void> serve(websocket& with) = 0;
};

}  // namespace chatrixcd::base::http
