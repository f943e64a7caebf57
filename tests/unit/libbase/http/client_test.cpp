// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <string>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

#include "http/canned.hpp"
#include "http/compressed.hpp"

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

asio::awaitable<void> answer_all(raw_peer& peer) {
    while (true) {
        auto const asked = co_await peer.read_message();
        if (asked.empty()) co_return;
        co_await peer.send(ok);
    }
}

asio::awaitable<void> never_answer(raw_peer& peer) { co_await peer.read_to_end(); }

asio::awaitable<void> answer_one_then_hang_up(raw_peer& peer) {
    co_await peer.read_message();
    co_await peer.send(ok);
    co_await peer.read_message();
}

asio::awaitable<void> hang_up(raw_peer& peer) { co_await peer.read_message(); }

struct fixture : test::plain_client {
    base::error refusal(http::request r) {
        auto const answer = send(std::move(r));
        REQUIRE_FALSE(answer.has_value());
        return answer.error();
    }
};

}  // namespace

TEST_SUITE("base::http::client") {
    TEST_CASE_FIXTURE(fixture, "a request goes out as it was written, with the fields that every request has") {
        std::string seen;
        auto keep = [&seen](raw_peer& peer) -> asio::awaitable<void> {
            seen = co_await peer.read_message();
            co_await peer.send(ok);
        };
        scripted_server server(loop, {keep});
        auto r =
            http::request(method::put, server.url("/a%20b?c=d#e")).with_bearer("token").with_body("{\"x\":1}").with_header("Host", "evil");
        auto const answer = send(std::move(r)).value();
        CHECK(answer.status == 200);
        CHECK(answer.body == "ok");
        CHECK(seen == "PUT /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                          "\r\nUser-Agent: chatrixcd\r\nAccept-Encoding: gzip\r\nAuthorization: Bearer token\r\n"
                          "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"x\":1}");
    }

    TEST_CASE_FIXTURE(fixture, "a status is an answer, not an error, and redirects are not followed") {
        scripted_server server(loop, {answering("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nX: y\r\nConnection: close\r\n\r\n"),
                                      answering("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")});
        auto const failed = send(http::request(method::post, server.url("/"))).value();
        CHECK(failed.status == 500);
        CHECK(failed.headers.get("x") == "y");
        auto const moved = send(http::request(method::get, server.url("/"))).value();
        CHECK(moved.status == 302);
        CHECK(moved.headers.get("Location") == "/b");
    }

    TEST_CASE_FIXTURE(fixture, "chunked answers that come byte by byte, and answers that end with the connection") {
        auto slow = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send_in_bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
            co_await peer.read_to_end();
        };
        scripted_server chunked(loop, {slow});
        CHECK(send(http::request(method::get, chunked.url("/"))).value().body == "hello");
        scripted_server closing(loop, {answering("HTTP/1.0 200 OK\r\n\r\nuntil the end")});
        CHECK(send(http::request(method::get, closing.url("/"))).value().body == "until the end");
    }

    TEST_CASE_FIXTURE(fixture, "a compressed answer arrives inflated, unless the request named its codings itself") {
        auto const packed = test::gzip("{}");
        auto const text =
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" + packed;
        scripted_server server(loop, {answering(text)});
        CHECK(send(http::request(method::get, server.url("/"))).value().body == "{}");
        auto const raw = send(http::request(method::get, server.url("/")).with_header("Accept-Encoding", "br, gzip")).value();
        CHECK(raw.body == packed);
        CHECK(raw.headers.get("Content-Encoding") == "gzip");
    }

    TEST_CASE_FIXTURE(fixture, "requests one after another share a connection, also after HEAD; at once they do not") {
        scripted_server server(loop, {answer_all});
        for (int i = 0; i < 3; ++i) CHECK(send(http::request(method::post, server.url("/"))).has_value());
        CHECK(server.connections() == 1);

        auto answer_head = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n");
            co_await answer_all(peer);
        };
        scripted_server heads(loop, {answer_head});
        CHECK(send(http::request(method::head, heads.url("/"))).value().body.empty());
        CHECK(send(http::request(method::get, heads.url("/"))).value().body == "ok");
        CHECK(heads.connections() == 1);

        // Two at once: neither server script would answer the second request of a connection before the first.
        int answered = 0;
        base::notifier both(loop.get_executor());
        auto barrier = [&](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            ++answered;
            both.notify_all();
            while (answered < 2) co_await both.wait();
            co_await peer.send(ok);
        };
        scripted_server meeting(loop, {barrier});
        auto together = [&]() -> asio::awaitable<void> {
            auto executor = loop.get_executor();
            base::task_group tasks(executor, nullptr);
            auto one = [&]() -> asio::awaitable<void> { (co_await client->send(http::request(method::get, meeting.url("/")))).value(); };
            tasks.spawn(one());
            tasks.spawn(one());
            co_await tasks.join();
        };
        test::run_coroutine(loop, together());
        CHECK(answered == 2);
        CHECK(meeting.connections() == 2);
    }

    TEST_CASE_FIXTURE(fixture, "a connection is not kept when the server says so, or sends what nobody asked for") {
        scripted_server closing(loop, {answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")});
        for (int i = 0; i < 2; ++i) CHECK(send(http::request(method::get, closing.url("/"))).has_value());
        CHECK(closing.connections() == 2);
        scripted_server talking(loop, {answering(ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")});
        for (int i = 0; i < 2; ++i) CHECK(send(http::request(method::get, talking.url("/"))).value().body == "ok");
        CHECK(talking.connections() == 2);
    }

    TEST_CASE_FIXTURE(fixture, "a kept connection that the server has closed costs nothing") {
        scripted_server server(loop, {answering(ok), answer_all});
        CHECK(send(http::request(method::post, server.url("/"))).has_value());
        // Let the end of the first script arrive.
        while (loop.poll() > 0) {
        }
        CHECK(send(http::request(method::post, server.url("/"))).has_value());
        CHECK(server.connections() == 2);
    }

    TEST_CASE_FIXTURE(fixture, "a kept connection that dies under a request is replaced once, if the request may be repeated") {
        for (auto const verb : {method::get, method::head, method::put, method::delete_}) {
            scripted_server server(loop, {answer_one_then_hang_up, answer_all});
            CHECK(send(http::request(method::get, server.url("/"))).has_value());
            CHECK(send(http::request(verb, server.url("/"))).value().status == 200);
            CHECK(server.connections() == 2);
        }
        scripted_server posting(loop, {answer_one_then_hang_up, answer_all});
        CHECK(send(http::request(method::get, posting.url("/"))).has_value());
        CHECK(refusal(http::request(method::post, posting.url("/"))).kind() == error_kind::timeout_unknown);
        CHECK(posting.connections() == 1);

        scripted_server dying(loop, {answer_one_then_hang_up, hang_up});
        CHECK(send(http::request(method::get, dying.url("/"))).has_value());
        CHECK(refusal(http::request(method::get, dying.url("/"))).kind() == error_kind::timeout_unknown);
        CHECK(dying.connections() == 2);
    }

    TEST_CASE_FIXTURE(fixture, "after a first try whose fate is unknown, not to be reachable is no certainty") {
        std::unique_ptr<scripted_server> server;
        auto vanish = [&server](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            co_await peer.send(ok);
            co_await peer.read_message();
            server.reset();
        };
        server = std::make_unique<scripted_server>(loop, std::vector<scripted_server::script>{vanish});
        auto const url = server->url("/");
        CHECK(send(http::request(method::put, url)).has_value());
        CHECK(refusal(http::request(method::put, url)).kind() == error_kind::timeout_unknown);
        CHECK(refusal(http::request(method::put, url)).kind() == error_kind::unavailable);
    }

    TEST_CASE_FIXTURE(fixture, "nobody listens: unavailable; nobody answers, or only in part: unknown") {
        std::uint16_t unused = 0;
        {
            scripted_server gone(loop, {answer_all});
            unused = gone.port();
        }
        auto const refused = refusal(http::request(method::get, "http://127.0.0.1:" + std::to_string(unused) + "/?secret"));
        CHECK(refused.kind() == error_kind::unavailable);
        CHECK(refused.message().find("secret") == std::string::npos);

        scripted_server silent(loop, {never_answer});
        auto const late = refusal(http::request(method::get, silent.url("/")).with_timeout(50ms));
        CHECK(late.kind() == error_kind::timeout_unknown);

        for (auto const* part : {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}) {
            CAPTURE(part);
            scripted_server cutting(loop, {answering(part)});
            CHECK(refusal(http::request(method::get, cutting.url("/"))).kind() == error_kind::timeout_unknown);
            CHECK(cutting.connections() == 1);
        }
        // Longer than a label may be, so no name server is asked.
        auto const nameless = refusal(http::request(method::get, "http://" + std::string(70, 'a') + ".invalid/"));
        CHECK(nameless.kind() == error_kind::unavailable);
        CHECK(nameless.message().find("has no address") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "answers that are no HTTP, or too long, are errors of their own") {
        scripted_server confused(loop, {answering("220 mail ready\r\n")});
        CHECK(refusal(http::request(method::get, confused.url("/"))).kind() == error_kind::protocol);
        scripted_server verbose(loop, {answering("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world")});
        CHECK(refusal(http::request(method::get, verbose.url("/")).with_max_response(10)).kind() == error_kind::too_large);
        CHECK(send(http::request(method::get, verbose.url("/")).with_max_response(11)).has_value());
    }

    TEST_CASE_FIXTURE(fixture, "what would break out of its field is refused before anything is sent") {
        scripted_server server(loop, {answer_all});
        CHECK(refusal(http::request(method::get, server.url("/")).with_header("A", "b\r\nEvil: 1")).kind() == error_kind::invalid);
        CHECK(refusal(http::request(method::get, server.url("/")).with_header("A: b\r\nEvil", "1")).kind() == error_kind::invalid);
        CHECK(refusal(http::request(method::get, server.url("/ HTTP/1.1\r\nEvil: 1"))).kind() == error_kind::invalid);
        CHECK(refusal(http::request(method::get, "/relative")).kind() == error_kind::invalid);
        CHECK(server.connections() == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a server may refuse a body that it has not read") {
        auto refuse = [](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_until("\r\n\r\n");
            co_await peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            co_await peer.read_to_end();
        };
        scripted_server server(loop, {refuse});
        auto r = http::request(method::post, server.url("/")).with_body(std::string(8U << 20U, 'x'));
        CHECK(send(std::move(r)).value().status == 413);
    }

    TEST_CASE_FIXTURE(fixture, "cancellation ends a request at once and closes its connection") {
        bool asked = false;
        bool closed = false;
        base::notifier changed(loop.get_executor());
        auto watch = [&](raw_peer& peer) -> asio::awaitable<void> {
            co_await peer.read_message();
            asked = true;
            changed.notify_all();
            co_await peer.read_to_end();
            closed = true;
            changed.notify_all();
        };
        scripted_server server(loop, {watch});
        boost::system::error_code thrown;
        auto ask = [&]() -> asio::awaitable<void> {
            try {
                co_await client->send(http::request(method::get, server.url("/")));
            } catch (boost::system::system_error const& e) {
                thrown = e.code();
            }
        };
        auto scene = [&]() -> asio::awaitable<void> {
            auto executor = loop.get_executor();
            base::task_group tasks(executor, nullptr);
            tasks.spawn(ask());
            while (!asked) co_await changed.wait();
            tasks.cancel();
            co_await tasks.join();
            while (!closed) co_await changed.wait();
        };
        test::run_coroutine(loop, scene());
        CHECK(thrown == asio::error::operation_aborted);
    }

    TEST_CASE_FIXTURE(fixture, "idle connections are kept up to their number, and not beyond their age") {
        http::client_options options;
        options.max_idle_connections = 1;
        client = http::make_client(loop.get_executor(), options);
        scripted_server one(loop, {answer_all});
        scripted_server two(loop, {answer_all});
        CHECK(send(http::request(method::get, one.url("/"))).has_value());
        CHECK(send(http::request(method::get, two.url("/"))).has_value());
        CHECK(send(http::request(method::get, one.url("/"))).has_value());
        CHECK(one.connections() == 2);

        options.idle_timeout = 0ms;
        client = http::make_client(loop.get_executor(), options);
        for (int i = 0; i < 2; ++i) CHECK(send(http::request(method::get, two.url("/"))).has_value());
        CHECK(two.connections() == 3);
    }
}
