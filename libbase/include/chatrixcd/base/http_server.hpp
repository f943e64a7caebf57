// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 server: keep-alive, size caps, time-outs, graceful stop. Routes are the handler's business (router.hpp). What is no
// HTTP, or too large, is refused without the handler. A handler of a GET or HEAD is cancelled when its client goes away (a client
// that ends its side of the connection counts as gone); the others run to their end.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/log.hpp>

namespace chatrixcd::base::http {

class websocket_handler;  // websocket.hpp

class server_options {
public:
    server_options() = default;
    std::string address = "127.0.0.1";  // an IP literal
    std::uint16_t port = 0;             // 0: any free port
    std::size_t max_body = 16U << 20U;  // larger: 413
    std::size_t max_header = 16U << 10U;
    std::size_t max_connections = 1024;                                // more wait to be accepted
    std::chrono::milliseconds idle_timeout{std::chrono::seconds(75)};  // between requests, and while one is read
    // A request must be there so long after its first byte, however it moves: a connection is not held by whoever sends a byte now and
    // then. 0: as long as it moves, for uploads.
    std::chrono::milliseconds request_timeout{0};
    websocket_handler* websockets = nullptr;  // null: a request for a WebSocket is answered as any other. Must outlive stop().
};

class server {
public:
    virtual ~server() = default;
    // The port it listens on.
    virtual std::uint16_t port() const noexcept = 0;
    // Stops accepting, lets requests under way end for at most `grace`, then cuts them. Returns when every connection is closed.
    virtual boost::asio::awaitable<void> stop(std::chrono::milliseconds grace) = 0;
};

// Listens and serves at once. The handler must outlive stop(), which must be awaited before the server is destroyed.
// Error kind `environment`: the address cannot be used, with the system's reason.
result<std::unique_ptr<server>> listen(boost::asio::any_io_executor executor, server_options options, handler& answers, logger log = {});

}  // namespace chatrixcd::base::http
