// SPDX-License-Identifier: Apache-2.0
// The client's own network, which it makes when it is handed none.
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <string>

#include <chatrixcd/base/http_proxy.hpp>
#include <chatrixcd/matrix/bot.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

namespace {

namespace asio = boost::asio;

std::shared_ptr<matrix::token_source> none() { return matrix::login::token(base::secret("token")); }

}  // namespace

TEST_SUITE("matrix::client network") {
    TEST_CASE("a client that is given a proxy asks it for its homeserver") {
        asio::io_context loop(1);
        std::string asked;
        auto refuse = [&asked](raw_peer& peer) -> asio::awaitable<void> {
            asked = co_await peer.read_message();
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnope");
            co_await peer.read_to_end();
        };
        scripted_server proxy(loop, {refuse});
        auto through = base::http::proxy_settings::from_url("127.0.0.1:" + std::to_string(proxy.port())).value();
        matrix::client bot(loop.get_executor(), matrix::options().homeserver("http://matrix.test").proxy(std::move(through)));
        auto live = [&]() -> asio::awaitable<void> {
            auto const started = co_await bot.start(none());
            CHECK_FALSE(started.has_value());
            co_await bot.stop();
        };
        run_coroutine(loop, live());
        CHECK(asked.find("GET http://matrix.test/_matrix/client/") == 0);
    }

    TEST_CASE("files that cannot be used are told when the client is made") {
        asio::io_context loop(1);
        CHECK_THROWS_AS(matrix::client(loop.get_executor(), matrix::options().ca_file("/missing/ca.pem")), base::error_exception);
        auto const how = matrix::options().client_certificate("/missing/client.pem", "/missing/client.key");
        CHECK_THROWS_AS(matrix::client(loop.get_executor(), how), base::error_exception);
    }

    TEST_CASE("a bot takes the proxy of its environment, unless its options name one or bring their own network") {
        ::setenv("https_proxy", "socks5://proxy:1080", 1);
        int lived = 0;
        auto live = [&lived](matrix::client&) -> asio::awaitable<void> {
            ++lived;
            co_return;
        };
        CHECK(matrix::run_bot(matrix::options().homeserver("https://example.org"), live) == 1);
        CHECK(lived == 0);
        CHECK(matrix::run_bot(matrix::options().homeserver("https://example.org").proxy(base::http::proxy_settings()), live) == 0);
        CHECK(lived == 1);
        ::unsetenv("https_proxy");
        CHECK(matrix::run_bot(matrix::options().homeserver("https://example.org"), live) == 0);
        CHECK(lived == 2);
    }
}

}  // namespace chatrixcd::test
