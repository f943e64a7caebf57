// SPDX-License-Identifier: Apache-2.0
// A request is cancelled after each step that the loop takes for it, so at each place where it can wait.
#include <doctest/doctest.h>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

#include "http/bodies.hpp"
#include "http/relay.hpp"
#include "http/tls_server.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using http::method;
using test::raw_peer;
using test::scripted_server;
using namespace std::chrono_literals;

namespace {

std::size_t open_descriptors() { return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {})); }

// Answers with 100,000 bytes in a few pieces, whatever it is asked.
asio::awaitable<void> serve(raw_peer& peer) {
    while (true) {
        auto const asked = co_await peer.read_message();
        if (asked.empty()) co_return;
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        for (std::size_t at = 0; at < 100000; at += 25000) {
            auto piece = test::pattern(at, 25000);
            co_await peer.send(std::move(piece));
        }
    }
}

struct fixture {
    asio::io_context loop{1};
    base::temporary_folder folder{"chatrixcd-cancel"};
    test::certificate_authority authority;
    std::unique_ptr<http::transport> client;

    enum class connections { kept, new_ones };
    void make_client(connections which, std::uint16_t proxy = 0) {
        http::client_options options;
        if (which == connections::new_ones) options.idle_timeout = 0ms;
        options.ca_file = folder.path() + "/ca.pem";
        base::write_file(options.ca_file, authority.certificate()).value();
        if (proxy != 0) options.proxy = http::proxy_settings::from_url("127.0.0.1:" + std::to_string(proxy)).value();
        client = http::make_client(loop.get_executor(), options);
    }

    // Starts the request, lets the loop take `steps` steps, and cancels it. Whether it was cut.
    bool cut_after(http::request r, int steps) {
        enum class end { none, answered, cut } how = end::none;
        auto ask = [&](http::request asked) -> asio::awaitable<void> {
            try {
                auto const answer = co_await client->send(std::move(asked));
                CHECK(answer.value().status == 200);
                how = end::answered;
            } catch (boost::system::system_error const& e) {
                CHECK(e.code() == asio::error::operation_aborted);
                how = end::cut;
            }
        };
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(ask(std::move(r)));
        loop.restart();
        for (int i = 0; i < steps && how == end::none; ++i) loop.run_one_for(2s);
        tasks.cancel();
        test::run_coroutine(loop, tasks.join());
        // A request that was cancelled before its first step has not begun.
        return how != end::answered;
    }

    // Cuts it at every step until it comes through; each time the client still works.
    void cut_everywhere(std::function<http::request()> const& make) {
        int steps = 0;
        while (cut_after(make(), steps)) {
            CAPTURE(steps);
            REQUIRE(++steps < 2000);
            auto const answer = test::run_coroutine(loop, client->send(make()));
            REQUIRE(answer.has_value());
            CHECK(answer->status == 200);
        }
        CHECK(steps > 10);
    }
};

http::request download(std::string url) {
    return http::request(method::get, std::move(url)).with_sink(std::make_shared<test::checking_sink>());
}

}  // namespace

TEST_SUITE("base::http::client cancelled at any point") {
    TEST_CASE("a download and an upload, on new connections and on kept ones") {
        auto const before = open_descriptors();
        {
            fixture f;
            f.make_client(fixture::connections::kept);
            scripted_server server(f.loop, {serve});
            f.cut_everywhere([&] { return download(server.url("/")); });
            f.cut_everywhere([&] {
                auto source = std::make_shared<test::patterned_source>(300000);
                return http::request(method::put, server.url("/")).with_body_from(std::move(source), "text/plain");
            });
            f.make_client(fixture::connections::new_ones);
            f.cut_everywhere([&] { return download(server.url("/")); });
        }
        CHECK(open_descriptors() == before);
    }

    TEST_CASE("over TLS, the handshake included") {
        auto const before = open_descriptors();
        {
            fixture f;
            test::tls_server server(f.loop, f.authority.issue("DNS:localhost"));
            f.make_client(fixture::connections::new_ones);
            f.cut_everywhere([&] { return http::request(method::get, server.url("localhost")); });
        }
        CHECK(open_descriptors() == before);
    }

    TEST_CASE("through a proxy, the tunnel included") {
        auto const before = open_descriptors();
        {
            fixture f;
            test::tls_server server(f.loop, f.authority.issue("DNS:matrix.test"));
            auto relay = [&](raw_peer& peer) -> asio::awaitable<void> {
                co_await peer.read_until("\r\n\r\n");
                co_await peer.send("HTTP/1.1 200 OK\r\n\r\n");
                co_await test::relay_to(f.loop, peer, server.port());
            };
            scripted_server proxy(f.loop, {relay});
            f.make_client(fixture::connections::new_ones, proxy.port());
            f.cut_everywhere([&] { return http::request(method::get, server.url("matrix.test")); });
        }
        CHECK(open_descriptors() == before);
    }
}
