// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <support/run_coroutine.hpp>

#include "http/certificates.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// Answers every request on every connection with "ok", over TLS.
class tls_server {
public:
    tls_server(asio::io_context& loop, test::identity const& as) : state_(std::make_shared<state>(loop)) {
        state_->context.use_certificate(asio::buffer(as.certificate), asio::ssl::context::pem);
        state_->context.use_private_key(asio::buffer(as.key), asio::ssl::context::pem);
        asio::co_spawn(loop, accept(state_), [](std::exception_ptr) {});
    }
    ~tls_server() { state_->acceptor.close(); }
    std::string url(std::string const& host) const {
        return "https://" + host + ":" + std::to_string(state_->acceptor.local_endpoint().port()) + "/";
    }
    int requests() const { return state_->requests; }
    int connections() const { return state_->connections; }
    std::string const& asked_for() const { return state_->asked_for; }

private:
    struct state {
        explicit state(asio::io_context& loop) : acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}
        tcp::acceptor acceptor;
        asio::ssl::context context{asio::ssl::context::tls_server};
        int connections = 0;
        int requests = 0;
        std::string asked_for;  // the name in the handshake
    };

    static asio::awaitable<void> accept(std::shared_ptr<state> self) {
        while (true) {
            auto socket = co_await self->acceptor.async_accept(asio::use_awaitable);
            ++self->connections;
            auto const executor = self->acceptor.get_executor();
            asio::co_spawn(executor, serve(self, std::move(socket)), [](std::exception_ptr) {});
        }
    }
    static asio::awaitable<void> serve(std::shared_ptr<state> self, tcp::socket socket) {
        asio::ssl::stream<tcp::socket> stream(std::move(socket), self->context);
        auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
        if (refused) co_return;
        if (char const* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name)) self->asked_for = name;
        std::string buffer(4096, '\0');
        while (true) {
            auto [failure, count] = co_await stream.async_read_some(asio::buffer(buffer), as_result);
            if (failure) co_return;
            ++self->requests;
            std::string const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            co_await asio::async_write(stream, asio::buffer(answer), asio::use_awaitable);
        }
    }

    std::shared_ptr<state> state_;
};

struct fixture {
    asio::io_context loop{1};
    base::temporary_folder folder{"chatrixcd-tls"};
    test::certificate_authority authority;
    std::unique_ptr<http::transport> client = trusting(authority);

    std::unique_ptr<http::transport> trusting(test::certificate_authority const& whom) {
        http::client_options options;
        options.ca_file = folder.path() + "/ca.pem";
        base::write_file(options.ca_file, whom.certificate()).value();
        return http::make_client(loop.get_executor(), options);
    }
    base::result<http::response> get(std::string const& url) {
        return test::run_coroutine(loop, client->send(http::request(http::method::get, url)));
    }
    void is_refused(std::string const& url, std::string const& reason) {
        auto const answer = get(url);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().kind() == base::error_kind::unavailable);
        CAPTURE(answer.error().describe());
        CHECK(answer.error().describe().find(reason) != std::string::npos);
    }
};

}  // namespace

TEST_SUITE("base::http::client over TLS") {
    TEST_CASE_FIXTURE(fixture, "a server with a certificate for its name is trusted, and its connection kept") {
        tls_server server(loop, authority.issue("DNS:localhost"));
        for (int i = 0; i < 3; ++i) CHECK(get(server.url("localhost")).value().body == "ok");
        CHECK(server.connections() == 1);
        CHECK(server.requests() == 3);
        CHECK(server.asked_for() == "localhost");
    }

    TEST_CASE_FIXTURE(fixture, "an address is compared with the certificate's addresses") {
        tls_server server(loop, authority.issue("IP:127.0.0.1"));
        CHECK(get(server.url("127.0.0.1")).value().body == "ok");
        CHECK(server.asked_for().empty());
    }

    TEST_CASE_FIXTURE(fixture, "a certificate for another name is refused before anything is sent") {
        tls_server other(loop, authority.issue("DNS:other.test"));
        is_refused(other.url("localhost"), "hostname mismatch");
        tls_server named(loop, authority.issue("DNS:localhost,DNS:127.0.0.1"));
        is_refused(named.url("127.0.0.1"), "IP address mismatch");
        CHECK(other.requests() + named.requests() == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a certificate from an authority that nobody named is refused") {
        test::certificate_authority const stranger;
        tls_server server(loop, stranger.issue("DNS:localhost"));
        is_refused(server.url("localhost"), "ca_file");
        client = http::make_client(loop.get_executor());
        is_refused(server.url("localhost"), "ca_file");
        CHECK(server.requests() == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a server that does not speak TLS is unavailable, one that never answers the handshake too") {
        tcp::acceptor silent(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        auto r = http::request(http::method::get, "https://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/");
        r.timeout = 50ms;
        auto const late = test::run_coroutine(loop, client->send(r));
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().kind() == base::error_kind::unavailable);

        auto answer_in_clear = [&]() -> asio::awaitable<void> {
            auto first = co_await silent.async_accept(asio::use_awaitable);
            auto second = co_await silent.async_accept(asio::use_awaitable);
            std::string const text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            co_await asio::async_write(second, asio::buffer(text), asio::use_awaitable);
        };
        asio::co_spawn(loop, answer_in_clear(), [](std::exception_ptr) {});
        r.timeout = 10s;
        auto const clear = test::run_coroutine(loop, client->send(r));
        REQUIRE_FALSE(clear.has_value());
        CHECK(clear.error().kind() == base::error_kind::unavailable);
        CHECK(clear.error().message().find("no TLS connection") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "a CA file that cannot be read is a broken environment") {
        http::client_options options;
        options.ca_file = folder.path() + "/missing.pem";
        CHECK_THROWS_AS(http::make_client(loop.get_executor(), options), base::error_exception);
    }
}
