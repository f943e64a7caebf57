// SPDX-License-Identifier: Apache-2.0
// What the tests of the HTTP client share: answers as bytes, and a client without TLS or proxy.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>

#include <chatrixcd/base/http_client.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

inline std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Takes one request, answers it so, and hangs up.
inline scripted_server::script answering(std::string answer) {
    return [answer = std::move(answer)](raw_peer& peer) -> boost::asio::awaitable<void> {
        co_await peer.read_message();
        co_await peer.send(answer);
    };
}

class plain_client {
public:
    boost::asio::io_context loop{1};
    std::unique_ptr<base::http::transport> client = base::http::make_client(loop.get_executor());

    base::result<base::http::response> send(base::http::request r) { return run_coroutine(loop, client->send(std::move(r))); }
};

}  // namespace chatrixcd::test
