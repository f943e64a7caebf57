// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

#include "http/bodies.hpp"
#include "http/canned.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using fixture = test::plain_client;
using base::error_kind;
using http::method;
using test::checking_sink;
using test::ok;
using test::patterned_source;
using test::raw_peer;
using test::scripted_server;
using fault = test::patterned_source::fault;

namespace {

std::string head(std::uint64_t length) { return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n"; }

// Takes `length` bytes of body and keeps whether they were as patterned.
asio::awaitable<bool> take_body(raw_peer& peer, std::uint64_t length) {
    std::uint64_t at = 0;
    bool as_patterned = true;
    while (at < length) {
        auto const most = static_cast<std::size_t>(std::min<std::uint64_t>(65536, length - at));
        auto const piece = co_await peer.read_some(most);
        if (piece.empty()) co_return false;
        as_patterned = as_patterned && piece == test::pattern(at, piece.size());
        at += piece.size();
    }
    co_return as_patterned;
}

asio::awaitable<void> give_body(raw_peer& peer, std::uint64_t length) {
    for (std::uint64_t at = 0; at < length; at += 65536) {
        auto piece = test::pattern(at, static_cast<std::size_t>(std::min<std::uint64_t>(65536, length - at)));
        co_await peer.send(std::move(piece));
    }
}

http::request upload(std::string url, std::shared_ptr<http::body_source> from, method verb = method::post) {
    return http::request(verb, std::move(url)).with_body_from(std::move(from), "application/octet-stream");
}

}  // namespace

TEST_SUITE("base::http::client with streamed bodies") {
    TEST_CASE_FIXTURE(fixture, "64 MB up and 64 MB down take the memory of a few pieces") {
        constexpr std::uint64_t length = 64U << 20U;
        bool arrived = false;
        std::string asked;
        auto both_ways = [&](raw_peer& peer) -> asio::awaitable<void> {
            asked = co_await peer.read_until("\r\n\r\n");
            arrived = co_await take_body(peer, length);
            co_await peer.send(head(length));
            co_await give_body(peer, length);
            co_await peer.read_to_end();
        };
        scripted_server server(loop, {both_ways});
        // What the allocator has given out, at its most while pieces arrive (0 under a sanitizer).
        struct measuring_sink final : http::body_sink {
            base::result<void> rewind() override { return inner.rewind(); }
            asio::awaitable<base::result<void>> write(std::string piece) override {
                peak = std::max(peak, ::mallinfo2().uordblks);
                co_return co_await inner.write(std::move(piece));
            }
            checking_sink inner;
            std::size_t peak = 0;
        };
        auto const source = std::make_shared<patterned_source>(length);
        auto const sink = std::make_shared<measuring_sink>();
        auto const before = ::mallinfo2().uordblks;
        auto r = upload(server.url("/up"), source).with_sink(sink).with_max_response(length).with_timeout(std::chrono::minutes(5));
        auto const answer = test::run_coroutine(loop, client->send(std::move(r)), std::chrono::minutes(5)).value();
        CHECK(answer.status == 200);
        CHECK(answer.body.empty());
        CHECK(arrived);
        CHECK(asked.find("Content-Length: 67108864\r\n") != std::string::npos);
        CHECK(asked.find("Content-Type: application/octet-stream\r\n") != std::string::npos);
        CHECK(sink->inner.size() == length);
        CHECK(sink->inner.is_as_patterned());
        CHECK(source->largest_piece() == 65536);
        CHECK(sink->inner.largest_piece() <= 65536);
        CHECK(std::max(sink->peak, before) - before < 1U << 20U);
    }

    TEST_CASE_FIXTURE(fixture, "a connection that carried streams is kept, and chunked bodies and empty ones stream too") {
        auto serve = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n" + test::pattern(0, 2) + "\r\n3\r\n" +
                               test::pattern(2, 3) + "\r\n0\r\n\r\n");
            co_await peer.read_message();
            co_await peer.send(head(0));
            co_await peer.read_to_end();
        };
        scripted_server server(loop, {serve});
        auto const sink = std::make_shared<checking_sink>();
        CHECK(send(upload(server.url("/"), std::make_shared<patterned_source>(100000)).with_sink(sink)).has_value());
        CHECK(sink->size() == 5);
        CHECK(sink->is_as_patterned());
        CHECK(send(upload(server.url("/"), std::make_shared<patterned_source>(0)).with_sink(sink)).has_value());
        CHECK(sink->size() == 0);
        CHECK(sink->rewound() == 2);
        CHECK(server.connections() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a refusal that comes while the body is sent ends the sending, and is the answer") {
        auto refuse = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_until("\r\n\r\n");
            co_await peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nless");
            // Reads nothing of the body: the client would wait for ever to get rid of it.
            co_await peer.wait_for_end();
        };
        scripted_server server(loop, {refuse, refuse});
        for (int i = 0; i < 2; ++i) {
            auto const sink = std::make_shared<checking_sink>();
            auto const source = std::make_shared<patterned_source>(1U << 30U);
            auto const answer = send(upload(server.url("/"), source).with_sink(sink)).value();
            CHECK(answer.status == 413);
            CHECK(answer.body == "less");
            CHECK(sink->rewound() == 0);
            CHECK(source->given() < 1U << 28U);
        }
        // The rest of the body would be taken for the next request.
        CHECK(server.connections() == 2);
    }

    TEST_CASE_FIXTURE(fixture, "a source that fails ends the request with its error, and the connection") {
        auto listen = [](raw_peer& peer) -> asio::awaitable<void> { co_await peer.read_to_end(); };
        for (auto const f : {fault::fails, fault::ends_early, fault::gives_too_much, fault::cannot_rewind}) {
            scripted_server server(loop, {listen});
            auto const refused = send(upload(server.url("/"), std::make_shared<patterned_source>(200000, f), method::put));
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().kind() == test::kind_of(f));
            CHECK(server.connections() == 1);
        }
        scripted_server server(loop, {listen});
        CHECK_THROWS_AS(send(upload(server.url("/"), std::make_shared<patterned_source>(200000, fault::throws))), std::runtime_error);
    }

    TEST_CASE_FIXTURE(fixture, "a sink that fails ends the request with its error, and the connection") {
        auto serve = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send(head(200000));
            co_await give_body(peer, 200000);
            co_await peer.read_message();
            co_await peer.send(ok);
        };
        scripted_server server(loop, {serve});
        auto const sink = std::make_shared<checking_sink>(/*fails_after=*/100000);
        auto const refused = send(http::request(method::get, server.url("/")).with_sink(sink));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().message() == "the sink is full");
        send(http::request(method::get, server.url("/")).with_sink(std::make_shared<checking_sink>()));
        CHECK(server.connections() == 2);
    }

    TEST_CASE_FIXTURE(fixture, "the cap holds for what goes to a sink, and what is cut off is no answer") {
        auto too_long = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send("HTTP/1.1 200 OK\r\n\r\n");
            co_await give_body(peer, 100000);
        };
        scripted_server verbose(loop, {too_long});
        auto const sink = std::make_shared<checking_sink>();
        auto const r = http::request(method::get, verbose.url("/")).with_sink(sink);
        CHECK(send(http::request(r).with_max_response(99999)).error().kind() == error_kind::too_large);
        CHECK(sink->size() <= 99999);
        CHECK(send(http::request(r).with_max_response(100000)).has_value());
        CHECK(sink->size() == 100000);

        auto cut = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send(head(100001));
            co_await give_body(peer, 100000);
        };
        scripted_server cutting(loop, {cut});
        CHECK(send(http::request(method::get, cutting.url("/")).with_sink(sink)).error().kind() == error_kind::timeout_unknown);
    }

    TEST_CASE_FIXTURE(fixture,
                      "on a kept connection that was dead the body is sent again from its beginning, if the request may be repeated") {
        auto answer_one_then_hang_up = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send(ok);
            co_await peer.read_until("\r\n\r\n");
        };
        bool arrived = false;
        auto take = [&arrived](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_until("\r\n\r\n");
            arrived = co_await take_body(peer, 300000);
            co_await peer.send(ok);
            co_await peer.read_to_end();
        };
        scripted_server server(loop, {answer_one_then_hang_up, take});
        CHECK(send(http::request(method::get, server.url("/"))).has_value());
        auto const source = std::make_shared<patterned_source>(300000);
        CHECK(send(upload(server.url("/"), source, method::put)).value().status == 200);
        CHECK(arrived);
        CHECK(source->rewound() == 2);

        scripted_server posting(loop, {answer_one_then_hang_up, take});
        CHECK(send(http::request(method::get, posting.url("/"))).has_value());
        auto const lost = send(upload(posting.url("/"), std::make_shared<patterned_source>(300000)));
        REQUIRE_FALSE(lost.has_value());
        CHECK(lost.error().kind() == error_kind::timeout_unknown);
        CHECK(posting.connections() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a request whose body does not leave in time ends as one that may have been executed") {
        auto ignore = [](raw_peer& peer) -> asio::awaitable<void> { co_await peer.wait_for_end(); };
        scripted_server server(loop, {ignore});
        auto r = upload(server.url("/"), std::make_shared<patterned_source>(1U << 30U)).with_timeout(std::chrono::milliseconds(50));
        auto const late = send(std::move(r));
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().kind() == error_kind::timeout_unknown);
    }
}
