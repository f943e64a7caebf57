// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/base/websocket.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

#include "http/canned.hpp"
#include "http/websocket_connection.hpp"
#include "http/websocket_frames.hpp"
#include "http/websocket_handshake.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using asio::awaitable;
using base::error_kind;
using http::frame_bytes;
using http::opcode;
using namespace std::chrono_literals;

namespace {

class no_pages final : public http::handler {
public:
    awaitable<http::response> handle(http::request) override { co_return http::response(404); }
};

// Says back what it hears, until it hears "bye".
class parrot final : public http::websocket_handler {
public:
    http::websocket_limits limits() const override { return its_limits; }
    std::optional<http::response> refusal(http::request const& r) override {
        if (r.headers.get("Authorization") == "Bearer right") return std::nullopt;
        return http::response(401, R"({"error":"who are you?"})");
    }
    awaitable<void> serve(http::websocket& with) override {
        for (;;) {
            auto heard = co_await with.receive();
            if (!heard) last_error = heard.error().message();
            if (!heard || *heard == "bye") co_return;
            with.send(std::move(*heard));
        }
    }
    http::websocket_limits its_limits;
    std::string last_error;
};

struct fixture {
    asio::io_context loop{1};
    std::unique_ptr<base::clock> time = base::make_system_clock();
    no_pages pages;
    parrot sockets;
    http::server_options options;
    std::unique_ptr<http::server> server;
    http::websocket_limits limits;

    fixture() { options.websockets = &sockets; }
    ~fixture() {
        if (server) test::run_coroutine(loop, server->stop(0ms));
    }
    base::result<http::websocket_answer> open(std::string const& url, std::string const& token = "right") {
        auto dialer = http::make_websocket_dialer(loop.get_executor(), *time, {}, limits);
        return test::run_coroutine(loop, dialer->open(http::request(http::method::get, url).with_bearer(token)));
    }
    std::unique_ptr<http::websocket> open() {
        server = http::listen(loop.get_executor(), options, pages).value();
        return std::move(open(url()).value().socket);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()) + "/ws"; }
    std::string say(http::websocket& to, std::string text) {
        REQUIRE(to.send(std::move(text)));
        return heard(to);
    }
    // The next text, or the kind of the error.
    std::string heard(http::websocket& from) {
        auto const message = test::run_coroutine(loop, from.receive());
        return message ? *message : std::string(base::to_string(message.error().kind()));
    }
    // What our client hears from a server that answers the handshake properly and then sends this.
    std::vector<std::string> hears(std::string const& bytes, std::size_t count) {
        auto talk = [&](test::raw_peer& of) -> awaitable<void> {
            auto const asked = co_await of.read_message();
            auto const key = asked.substr(asked.find("Sec-WebSocket-Key: ") + 19, 24);
            auto said = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                        http::websocket_accept(key) + "\r\n\r\n" + bytes;
            co_await of.send(std::move(said));
            co_await of.read_to_end();
        };
        test::scripted_server peer(loop, {talk});
        auto const socket = std::move(open(peer.url("/ws")).value().socket);
        std::vector<std::string> all;
        while (all.size() < count) all.push_back(heard(*socket));
        return all;
    }
};

}  // namespace

TEST_SUITE("base::http::websocket") {
    TEST_CASE_FIXTURE(fixture, "texts of any length go both ways") {
        auto const socket = open();
        CHECK(say(*socket, "hello") == "hello");
        CHECK(say(*socket, "") == "");
        CHECK(say(*socket, "gr\xc3\xbc\xc3\x9f dich") == "gr\xc3\xbc\xc3\x9f dich");
        std::string const long_text(300000, 'x');
        CHECK(say(*socket, long_text) == long_text);
    }

    TEST_CASE_FIXTURE(fixture, "a server that has had enough closes, and so does a client") {
        auto socket = open();
        CHECK(say(*socket, "bye") == "unavailable");
        CHECK_FALSE(socket->send("late"));
        socket = std::move(open(url()).value().socket);
        socket->close();
        CHECK(heard(*socket) == "unavailable");
        CHECK_FALSE(socket->send("late"));
        CHECK(sockets.last_error == "the peer closed the WebSocket");
    }

    TEST_CASE_FIXTURE(fixture, "a server that stops says so to those who are connected") {
        auto const socket = open();
        CHECK(say(*socket, "hello") == "hello");
        base::task_group stopping(loop.get_executor(), nullptr);
        stopping.spawn(server->stop(5s));
        auto const message = test::run_coroutine(loop, socket->receive());
        CHECK(message.error().message() == "the peer closed the WebSocket");
        test::run_coroutine(loop, stopping.join());
        server.reset();
    }

    TEST_CASE_FIXTURE(fixture, "a refusal is an answer like any other") {
        open();
        auto const refused = open(url(), "wrong").value();
        CHECK(refused.socket == nullptr);
        CHECK(refused.refusal.status == 401);
        CHECK(refused.refusal.body == R"({"error":"who are you?"})");
    }

    TEST_CASE_FIXTURE(fixture, "a page, a proxy or nothing at all in place of a WebSocket is told from it") {
        test::scripted_server page(loop, {test::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")});
        CHECK(open(page.url("/ws")).value().refusal.status == 200);
        test::scripted_server silent(loop, {test::answering("")});
        CHECK(open(silent.url("/ws")).error().kind() == error_kind::unavailable);
        test::scripted_server other(loop, {test::answering("HTTP/1.1 101 Fine\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")});
        CHECK(open(other.url("/ws")).error().kind() == error_kind::protocol);
    }

    TEST_CASE_FIXTURE(fixture, "a request for another version is told the right one") {
        open();
        auto const talk = [&]() -> awaitable<std::string> {
            auto peer = co_await test::raw_peer::connect(loop, server->port());
            co_await peer.send(
                "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n\r\n");
            co_return co_await peer.read_to_end();
        };
        auto const answer = test::run_coroutine(loop, talk());
        CHECK(answer.starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
        CHECK(answer.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos);
        CHECK(answer.find("Upgrade: websocket\r\n") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "a message in parts is one, and pings between them are answered") {
        CHECK(hears("\x01\x03Hel\x89\x02hi\x80\x02lo\x81\x01!", 2) == std::vector<std::string>{"Hello", "!"});
    }

    TEST_CASE_FIXTURE(fixture, "what came before a broken frame is heard, and then why there is no more") {
        CHECK(hears("\x81\x02ok\xc1\x02no", 3) == std::vector<std::string>{"ok", "protocol", "protocol"});
        CHECK(hears("\x81\x02\xc3\x28", 1) == std::vector<std::string>{"protocol"});
        CHECK(hears("\x82\x02ok", 1) == std::vector<std::string>{"protocol"});
        CHECK(hears("\x80\x02ok", 1) == std::vector<std::string>{"protocol"});
        CHECK(hears("\x01\x02ok\x81\x02ok", 1) == std::vector<std::string>{"protocol"});
    }

    TEST_CASE_FIXTURE(fixture, "more than was agreed is refused, in one frame or in many") {
        limits.max_message = 4;
        CHECK(hears("\x81\x05Hello", 1) == std::vector<std::string>{"too_large"});
        CHECK(hears("\x01\x03Hel\x80\x02lo", 1) == std::vector<std::string>{"too_large"});
    }

    TEST_CASE_FIXTURE(fixture, "a reading that is cancelled ends the connection") {
        auto const socket = open();
        auto const none = test::run_coroutine(loop, base::with_timeout(*time, socket->receive(), 10ms));
        CHECK_FALSE(none);
        CHECK(heard(*socket) == "unavailable");
    }
}

namespace {

// One end of a connection without a socket.
class pipe_end final : public http::byte_stream {
public:
    struct wire {
        explicit wire(asio::any_io_executor executor) : changed(std::move(executor)) {}
        base::notifier changed;
        std::string to_us;
        std::string from_us;
        bool ended = false;
        bool stuck = false;  // takes nothing
    };
    explicit pipe_end(std::shared_ptr<wire> on) : on_(std::move(on)) {}
    awaitable<transferred> read_some(asio::mutable_buffer into) override {
        while (on_->to_us.empty() && !on_->ended) co_await on_->changed.wait();
        if (on_->to_us.empty()) co_return transferred(asio::error::eof, 0);
        auto const count = asio::buffer_copy(into, asio::buffer(on_->to_us));
        on_->to_us.erase(0, count);
        co_return transferred(boost::system::error_code(), count);
    }
    awaitable<transferred> write(asio::const_buffer data) override {
        while (on_->stuck && !on_->ended) co_await on_->changed.wait();
        if (on_->ended) co_return transferred(asio::error::eof, 0);
        on_->from_us.append(static_cast<char const*>(data.data()), data.size());
        on_->changed.notify_all();
        co_return transferred(boost::system::error_code(), data.size());
    }
    bool is_certificate_refused(boost::system::error_code const&) const override { return false; }
    void hang_up() override {
        on_->ended = true;
        on_->changed.notify_all();
    }
    bool is_quiet() override { return on_->to_us.empty(); }

private:
    std::shared_ptr<wire> on_;
};

struct virtual_fixture {
    asio::io_context loop{1};
    base::virtual_clock time{base::time_point(std::chrono::seconds(1))};
    std::shared_ptr<pipe_end::wire> wire = std::make_shared<pipe_end::wire>(loop.get_executor());
    http::websocket_limits limits;
    std::unique_ptr<http::websocket> open() {
        return http::make_websocket(loop.get_executor(), std::make_unique<pipe_end>(wire), time, /*dice=*/nullptr, limits);
    }
};

// Answers a ping, each time after this long.
awaitable<void> answer_pings(base::clock& time, std::shared_ptr<pipe_end::wire> wire, base::duration after, int count) {
    for (; count > 0; --count) {
        while (wire->from_us.empty()) co_await wire->changed.wait();
        CHECK(wire->from_us == frame_bytes(opcode::ping, "", std::nullopt));
        wire->from_us.clear();
        co_await time.sleep(after);
        wire->to_us += frame_bytes(opcode::pong, "", http::frame_mask{});
        wire->changed.notify_all();
    }
}

}  // namespace

TEST_SUITE("base::http::websocket in time") {
    TEST_CASE_FIXTURE(virtual_fixture, "a peer of whom nothing is heard is pinged, and given up if it stays silent") {
        auto const socket = open();
        auto const message = test::run_virtual(loop, time, socket->receive());
        CHECK(message.error().message() == "the peer of a WebSocket does not answer any more");
        CHECK(time.uptime() == 2 * limits.ping_after);
    }

    TEST_CASE_FIXTURE(virtual_fixture, "a peer who answers pings is not given up") {
        auto const socket = open();
        base::task_group peer(loop.get_executor(), nullptr);
        peer.spawn(answer_pings(time, wire, 50s, 5));
        auto const message = test::run_virtual(loop, time, socket->receive());
        CHECK_FALSE(message);
        CHECK(time.uptime() > 10 * limits.ping_after);
        test::run_virtual(loop, time, peer.join());
    }

    TEST_CASE_FIXTURE(virtual_fixture, "who does not keep up with what is sent to him is not waited for") {
        limits.max_queued = 3;
        wire->stuck = true;
        auto const socket = open();
        // The first is on its way.
        auto const first = socket->send("0");
        test::run_virtual(loop, time, time.sleep(1ms));
        CHECK(first);
        for (int i = 0; i < 3; ++i) CHECK(socket->send("more"));
        CHECK(socket->send("too much").error().kind() == error_kind::too_large);
    }
}
