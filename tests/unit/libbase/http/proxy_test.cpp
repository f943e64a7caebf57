// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

#include "http/canned.hpp"
#include "http/relay.hpp"
#include "http/tls_server.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using base::error_kind;
using http::method;
using test::answering;
using test::ok;
using test::raw_peer;
using test::scripted_server;
using namespace std::chrono_literals;

namespace {

struct fixture {
    asio::io_context loop{1};
    base::temporary_folder folder{"chatrixcd-proxy"};
    test::certificate_authority authority;
    std::unique_ptr<http::transport> client;

    void go_through(std::uint16_t port, std::string const& credentials = "user:hunter2@") {
        http::client_options options;
        options.ca_file = folder.path() + "/ca.pem";
        base::write_file(options.ca_file, authority.certificate()).value();
        options.connect_timeout = 5s;
        options.proxy = http::proxy_settings::from_url("http://" + credentials + "127.0.0.1:" + std::to_string(port)).value();
        client = http::make_client(loop.get_executor(), options);
    }
    base::result<http::response> get(std::string const& url, std::chrono::milliseconds limit = 20s) {
        return test::run_coroutine(loop, client->send(http::request(method::get, url).with_timeout(limit)));
    }
    // The words of a refusal that names the proxy and keeps its password.
    std::string refusal(std::string const& url, std::chrono::milliseconds limit = 20s) {
        auto const refused = get(url, limit);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::unavailable);
        auto const words = refused.error().describe();
        CHECK(words.find("hunter2") == std::string::npos);
        CHECK(words.find("aHVudGVyM") == std::string::npos);  // "hunter2" within Base64
        CHECK(words.find("dXNlcjpodW50ZXIy") == std::string::npos);
        return words;
    }
    bool has(std::string const& words, std::string const& part) {
        CAPTURE(words);
        CHECK(words.find(part) != std::string::npos);
        return true;
    }
};

}  // namespace

TEST_SUITE("base::http::client through a proxy") {
    TEST_CASE_FIXTURE(fixture, "http goes to the proxy with its whole URL, and the connection is kept") {
        std::string seen;
        auto serve = [&seen](raw_peer& peer) -> asio::awaitable<void> {
            for (int i = 0; i < 2; ++i) {
                seen = co_await peer.read_message();
                co_await peer.send(ok);
            }
            co_await peer.read_to_end();
        };
        scripted_server proxy(loop, {serve});
        go_through(proxy.port());
        for (int i = 0; i < 2; ++i) CHECK(get("http://matrix.test:8008/a?b=c").value().body == "ok");
        CHECK(seen.find("GET http://matrix.test:8008/a?b=c HTTP/1.1\r\nHost: matrix.test:8008\r\n") == 0);
        CHECK(seen.find("\r\nProxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n") != std::string::npos);
        CHECK(proxy.connections() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "https goes through the proxy, which sees the host and the credentials and nothing else") {
        test::tls_server server(loop, authority.issue("DNS:matrix.test"));
        std::string seen;
        auto relay = [&](raw_peer& peer) -> asio::awaitable<void> {
            seen = co_await peer.read_until("\r\n\r\n");
            co_await peer.send("HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\n\r\n");
            co_await test::relay_to(loop, peer, server.port());
        };
        scripted_server proxy(loop, {relay});
        go_through(proxy.port());
        auto const url = server.url("matrix.test");
        for (int i = 0; i < 2; ++i) CHECK(get(url).value().body == "ok");
        auto const target = "matrix.test:" + std::to_string(server.port());
        CHECK(seen == "CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                          "\r\nUser-Agent: chatrixcd\r\nProxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n\r\n");
        CHECK(server.asked_for() == "matrix.test");
        CHECK(server.requests() == 2);
        CHECK(proxy.connections() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "the certificate behind a proxy is checked as any other") {
        test::tls_server server(loop, authority.issue("DNS:other.test"));
        auto relay = [&](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_until("\r\n\r\n");
            co_await peer.send("HTTP/1.1 200 OK\r\n\r\n");
            co_await test::relay_to(loop, peer, server.port());
        };
        scripted_server proxy(loop, {relay});
        go_through(proxy.port());
        has(refusal(server.url("matrix.test")), "hostname mismatch");
    }

    TEST_CASE_FIXTURE(fixture, "a proxy that wants other credentials says so, for both schemes") {
        auto const wants = answering("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nhtml");
        for (auto const* url : {"https://matrix.test/", "http://matrix.test/"}) {
            scripted_server proxy(loop, {wants});
            auto const name = "the proxy 127.0.0.1:" + std::to_string(proxy.port());
            go_through(proxy.port());
            has(refusal(url), name + " does not accept the user name or password (HTTP 407). Set them in the proxy's URL");
            go_through(proxy.port(), "");
            has(refusal(url), name + " wants a user name and a password");
        }
    }

    TEST_CASE_FIXTURE(fixture, "a proxy that refuses, closes, talks nonsense or too much is unavailable, each in its own words") {
        struct row {
            std::string answer;
            std::string words;
        };
        for (auto const& [answer, words] :
             {row{"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100\r\n\r\n<html>", "does not connect to matrix.test:443: HTTP 502"},
              row{"HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\n\r\n", "does not connect to matrix.test:443: HTTP 302"},
              row{"", "closed the connection before it had answered"},
              row{"HTTP/1.1 200 O", "closed the connection before it had answered"},
              row{"SSH-2.0-OpenSSH_9.2\r\n", "did not answer as a proxy does"},
              row{"HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x'), "header is longer than 64 KiB"},
              row{"HTTP/1.1 200 OK\r\n\r\nsurprise", "sent more than its answer"}}) {
            scripted_server proxy(loop, {answering(answer)});
            go_through(proxy.port());
            auto const told = refusal("https://matrix.test/");
            has(told, "the proxy 127.0.0.1:" + std::to_string(proxy.port()));
            has(told, words);
        }
    }

    TEST_CASE_FIXTURE(fixture, "a proxy that never answers, and one that is not there") {
        auto silent = [](raw_peer& peer) -> asio::awaitable<void> { co_await peer.read_to_end(); };
        std::uint16_t port = 0;
        {
            scripted_server proxy(loop, {silent});
            port = proxy.port();
            go_through(port);
            has(refusal("https://matrix.test/", 50ms), "matrix.test");
        }
        go_through(port);
        for (auto const* url : {"https://matrix.test/", "http://matrix.test/"})
            has(refusal(url), "the proxy 127.0.0.1:" + std::to_string(port) + " cannot be reached: 127.0.0.1: Connection refused");
    }

    TEST_CASE_FIXTURE(fixture, "when a proxy does not connect in time, the error says that it was the proxy") {
        auto silent = [](raw_peer& peer) -> asio::awaitable<void> { co_await peer.read_to_end(); };
        scripted_server proxy(loop, {silent});
        http::client_options options;
        options.connect_timeout = 50ms;
        options.proxy = http::proxy_settings::from_url("127.0.0.1:" + std::to_string(proxy.port())).value();
        client = http::make_client(loop.get_executor(), options);
        has(refusal("https://matrix.test/"),
            "the proxy 127.0.0.1:" + std::to_string(proxy.port()) + " did not connect to matrix.test:443 in 50 ms");
    }

    TEST_CASE_FIXTURE(fixture, "a server of this machine is reached without the proxy") {
        auto const never = [](raw_peer&) -> asio::awaitable<void> { co_return; };
        scripted_server proxy(loop, {never});
        scripted_server server(loop, {answering(ok)});
        go_through(proxy.port());
        CHECK(get(server.url("/")).value().body == "ok");
        CHECK(proxy.connections() == 0);
    }
}
