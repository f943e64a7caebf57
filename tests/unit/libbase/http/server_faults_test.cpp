// SPDX-License-Identifier: Apache-2.0
// How a server's connection misbehaves when a testing kit asks for it, seen by our own client and by a plain socket.
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/http_connection_fault.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using way = http::connection_fault::way;
using namespace std::chrono_literals;

namespace {

class throwing_handler final : public http::handler {
public:
    asio::awaitable<http::response> handle(http::request) override {
        ++calls;
        throw fault;
        co_return http::response();
    }
    http::connection_fault fault{way::reset};
    int calls = 0;
};

struct fixture {
    asio::io_context loop{1};
    throwing_handler handler;
    std::unique_ptr<http::server> server = http::listen(loop.get_executor(), {}, handler).value();
    std::unique_ptr<http::transport> client = http::make_client(loop.get_executor());

    ~fixture() { test::run_coroutine(loop, server->stop(0ms)); }

    base::result<http::response> post(http::connection_fault fault, std::chrono::milliseconds limit = 10s) {
        handler.fault = std::move(fault);
        auto r = http::request(http::method::post, "http://127.0.0.1:" + std::to_string(server->port()) + "/x").with_timeout(limit);
        return test::run_coroutine(loop, client->send(std::move(r)));
    }
    // What a plain socket gets of it.
    std::string raw(http::connection_fault fault) {
        handler.fault = std::move(fault);
        auto ask = [&]() -> asio::awaitable<std::string> {
            auto peer = co_await test::raw_peer::connect(loop, server->port());
            std::string request = "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
            co_await peer.send(std::move(request));
            co_return co_await peer.read_to_end();
        };
        return test::run_coroutine(loop, ask());
    }
};

http::response const answer(200, "0123456789", "text/plain");

}  // namespace

TEST_SUITE("base::http connection faults") {
    TEST_CASE_FIXTURE(fixture, "a connection that is reset says nothing, and the client does not know what became of its request") {
        for (auto const how : {way::reset, way::refuse}) {
            auto const said = post(http::connection_fault(how));
            REQUIRE(said.has_error());
            CHECK(said.error().kind() == base::error_kind::timeout_unknown);
            CHECK(raw(http::connection_fault(how)).empty());
        }
        CHECK(handler.calls == 4);
    }

    TEST_CASE_FIXTURE(fixture, "a truncated answer promises its whole length and ends early") {
        auto const bytes = raw(http::connection_fault(way::truncate, answer, 4));
        CHECK(bytes.find("Content-Length: 10\r\n") != std::string::npos);
        CHECK(bytes.ends_with("\r\n\r\n0123"));
        auto const said = post(http::connection_fault(way::truncate, answer, 4));
        REQUIRE(said.has_error());
        CHECK(said.error().kind() == base::error_kind::timeout_unknown);
        CHECK(said.error().message().find("before its answer was complete") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "an answer that drips arrives whole, unless the client's patience for the whole of it is over") {
        CHECK(raw(http::connection_fault(way::drip, answer, 50, 1ms)).ends_with("\r\n\r\n0123456789"));
        auto const said = post(http::connection_fault(way::drip, answer, 1, 20ms), 100ms);
        REQUIRE(said.has_error());
        CHECK(said.error().kind() == base::error_kind::timeout_unknown);
    }

    TEST_CASE_FIXTURE(fixture, "a silent connection lasts until the client goes") {
        auto const said = post(http::connection_fault(way::silence), 50ms);
        REQUIRE(said.has_error());
        CHECK(said.error().kind() == base::error_kind::timeout_unknown);
        CHECK(said.error().message().find("did not answer in 50 ms") != std::string::npos);
    }
}
