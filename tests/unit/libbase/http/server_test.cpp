// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/raw_socket.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using http::method;
using test::raw_peer;
using namespace std::chrono_literals;

namespace {

class function_handler final : public http::handler {
public:
    asio::awaitable<http::response> handle(http::request r) override {
        ++calls;
        return answers(std::move(r));
    }
    std::function<asio::awaitable<http::response>(http::request)> answers;
    int calls = 0;
};

asio::awaitable<http::response> echo(http::request r) {
    auto answer = http::response(200, std::string(http::to_string(r.verb)) + " " + r.url + " " + r.body, "text/plain");
    answer.headers.set("Remote", r.remote);
    co_return answer;
}

struct fixture {
    asio::io_context loop{1};
    std::ostringstream logged;
    std::unique_ptr<base::clock> time = base::make_system_clock();
    base::logger log{base::make_text_sink(logged), *time, base::log_level::debug};
    function_handler handler;
    http::server_options options;
    std::unique_ptr<http::server> server;
    std::unique_ptr<http::transport> client = http::make_client(loop.get_executor());
    base::notifier changed{loop.get_executor()};

    fixture() { handler.answers = echo; }
    ~fixture() {
        if (server) test::run_coroutine(loop, server->stop(0ms));
    }
    void start() { server = http::listen(loop.get_executor(), options, handler, log).value(); }
    std::string url(std::string const& target) const { return "http://127.0.0.1:" + std::to_string(server->port()) + target; }
    http::response send(http::request r) { return test::run_coroutine(loop, client->send(std::move(r))).value(); }

    asio::awaitable<std::string> talk(std::string bytes) {
        auto peer = co_await raw_peer::connect(loop, server->port());
        co_await peer.send(std::move(bytes));
        co_return co_await peer.read_to_end();
    }
    // All that the server sends to somebody who sends this and then only listens.
    std::string converse(std::string bytes) { return test::run_coroutine(loop, talk(std::move(bytes))); }
};

std::string get(std::string const& target, std::string const& fields = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string status_line(std::string const& answer) { return answer.substr(0, answer.find("\r\n")); }

}  // namespace

TEST_SUITE("base::http::server") {
    TEST_CASE_FIXTURE(fixture, "a request reaches the handler whole, and its answer the client") {
        start();
        auto const answer = send(http::request(method::post, url("/a?b=c")).with_body(std::string(100000, 'x')));
        CHECK(answer.status == 200);
        CHECK(answer.body == "POST /a?b=c " + std::string(100000, 'x'));
        CHECK(answer.headers.get("content-type") == "text/plain");
        CHECK(answer.headers.get("Remote") == "127.0.0.1");
        CHECK(answer.headers.get("Date").value().ends_with(" GMT"));
    }

    TEST_CASE_FIXTURE(fixture, "a connection serves many requests, also those sent at once") {
        start();
        auto const answers = converse(get("/1") + get("/2") + get("/3", "Connection: close\r\n"));
        auto const first = answers.find("GET /1");
        auto const second = answers.find("GET /2");
        auto const third = answers.find("GET /3");
        CHECK(first < second);
        CHECK(second < third);
        CHECK(third != std::string::npos);
        CHECK(answers.find("Connection: close") > second);
    }

    TEST_CASE_FIXTURE(fixture, "HEAD and 204 are answered without a body") {
        start();
        auto const head = converse("HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        CHECK(head.find("Content-Length: 8\r\n") != std::string::npos);
        CHECK(head.ends_with("\r\n\r\n"));
        handler.answers = [](http::request) -> asio::awaitable<http::response> { co_return http::response(204, "no place"); };
        auto const empty = converse(get("/", "Connection: close\r\n"));
        CHECK(empty.find("Content-Length") == std::string::npos);
        CHECK(empty.ends_with("\r\n\r\n"));
    }

    TEST_CASE_FIXTURE(fixture, "a client that asks for leave to send its body gets it") {
        start();
        auto scene = [&]() -> asio::awaitable<std::string> {
            auto peer = co_await raw_peer::connect(loop, server->port());
            co_await peer.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            auto const leave = co_await peer.read_until("\r\n\r\n");
            CHECK(leave == "HTTP/1.1 100 Continue\r\n\r\n");
            co_await peer.send("ab");
            co_return co_await peer.read_message();
        };
        CHECK(test::run_coroutine(loop, scene()).ends_with("PUT / ab"));
    }

    TEST_CASE_FIXTURE(fixture, "what is too large or no HTTP is refused without the handler") {
        options.max_body = 1000;
        options.max_header = 1000;
        start();
        CHECK(status_line(converse("hello\r\n\r\n")) == "HTTP/1.1 400 Bad Request");
        CHECK(status_line(converse(get("/", "X: " + std::string(2000, 'x') + "\r\n"))) == "HTTP/1.1 431 Request Header Fields Too Large");
        auto const waiting = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n";
        CHECK(status_line(converse(waiting)) == "HTTP/1.1 413 Content Too Large");
        // Sent whole before the answer is read.
        CHECK(send(http::request(method::post, url("/")).with_body(std::string(1U << 20U, 'x'))).status == 413);
        CHECK(handler.calls == 0);
        CHECK(send(http::request(method::post, url("/")).with_body(std::string(1000, 'x'))).status == 200);
    }

    TEST_CASE_FIXTURE(fixture, "a handler that throws is an empty 500, and the connection goes on") {
        handler.answers = [](http::request r) -> asio::awaitable<http::response> {
            if (r.url == "/bad") throw std::runtime_error("secret reason");
            co_return http::response(200, "fine");
        };
        start();
        auto const answers = converse(get("/bad") + get("/good", "Connection: close\r\n"));
        CHECK(status_line(answers) == "HTTP/1.1 500 Internal Server Error");
        CHECK(answers.find("secret") == std::string::npos);
        CHECK(answers.ends_with("fine"));
        CHECK(logged.str().find("secret reason") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "an answer that would break out of its field is a 500") {
        handler.answers = [](http::request r) -> asio::awaitable<http::response> {
            auto answer = http::response(200);
            answer.headers.set("Location", r.url + "\r\nSet-Cookie: evil");
            co_return answer;
        };
        start();
        auto const answer = converse(get("/", "Connection: close\r\n"));
        CHECK(status_line(answer) == "HTTP/1.1 500 Internal Server Error");
        CHECK(answer.find("evil") == std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "requests of several connections are handled at once") {
        int together = 0;
        handler.answers = [&](http::request) -> asio::awaitable<http::response> {
            ++together;
            changed.notify_all();
            while (together < 3) co_await changed.wait();
            co_return http::response(200);
        };
        start();
        auto scene = [&]() -> asio::awaitable<void> {
            base::task_group tasks(loop.get_executor(), nullptr);
            auto ask = [&]() -> asio::awaitable<void> { (co_await client->send(http::request(method::get, url("/")))).value(); };
            for (int i = 0; i < 3; ++i) tasks.spawn(ask());
            co_await tasks.join();
        };
        test::run_coroutine(loop, scene());
        CHECK(handler.calls == 3);
    }

    TEST_CASE_FIXTURE(fixture, "connections beyond the number wait for a place") {
        options.max_connections = 1;
        start();
        auto scene = [&]() -> asio::awaitable<void> {
            auto first = co_await raw_peer::connect(loop, server->port());
            co_await first.send(get("/first"));
            co_await first.read_message();
            auto second = co_await raw_peer::connect(loop, server->port());
            co_await second.send(get("/second"));
            co_await first.send(get("/third"));
            co_await first.read_message();
            CHECK(handler.calls == 2);
            first.close();
            auto const answer = co_await second.read_message();
            CHECK(answer.ends_with("GET /second "));
        };
        test::run_coroutine(loop, scene());
    }

    TEST_CASE_FIXTURE(fixture, "who sends nothing, or a request too slowly, is cut") {
        options.idle_timeout = 50ms;
        start();
        CHECK(converse("").empty());
        CHECK(converse("GET / HT").empty());
        CHECK(converse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf").empty());
        CHECK(status_line(converse(get("/"))) == "HTTP/1.1 200 OK");
        CHECK(handler.calls == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a request that is not there within the time for the whole of it is cut, whatever its pieces may take") {
        options.idle_timeout = 1h;
        options.request_timeout = 50ms;
        start();
        CHECK(converse("GET / HT").empty());
        CHECK(converse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf").empty());
        CHECK(status_line(converse(get("/", "Connection: close\r\n"))) == "HTTP/1.1 200 OK");
        CHECK(handler.calls == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a reading handler is cancelled when its client goes away, a writing one is not") {
        bool asked = false;
        bool cut = false;
        bool finished = false;
        base::notifier go_on(loop.get_executor());
        handler.answers = [&](http::request r) -> asio::awaitable<http::response> {
            asked = true;
            changed.notify_all();
            try {
                co_await go_on.wait();
                finished = r.verb == method::put;
            } catch (boost::system::system_error const&) {
                cut = true;
            }
            changed.notify_all();
            co_return http::response(200);
        };
        start();
        auto leave = [&](std::string bytes) -> asio::awaitable<void> {
            asked = false;
            auto peer = co_await raw_peer::connect(loop, server->port());
            co_await peer.send(std::move(bytes));
            while (!asked) co_await changed.wait();
            peer.close();
        };
        auto scene = [&]() -> asio::awaitable<void> {
            co_await leave(get("/"));
            while (!cut) co_await changed.wait();
            cut = false;
            co_await leave("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            // A second connection goes all the way, so the end of the first has long been there to be seen.
            co_await leave(get("/"));
            while (!cut) co_await changed.wait();
            go_on.notify_all();
            while (!finished) co_await changed.wait();
        };
        test::run_coroutine(loop, scene());
        CHECK(finished);
    }

    TEST_CASE_FIXTURE(fixture, "stop closes idle connections, lets a request end, and accepts no more") {
        bool asked = false;
        bool go_on = false;
        handler.answers = [&](http::request) -> asio::awaitable<http::response> {
            asked = true;
            changed.notify_all();
            while (!go_on) co_await changed.wait();
            co_return http::response(200, "served");
        };
        start();
        std::string answer;
        bool refused = false;
        auto ask = [&]() -> asio::awaitable<void> {
            auto peer = co_await raw_peer::connect(loop, server->port());
            co_await peer.send(get("/"));
            answer = co_await peer.read_to_end();
        };
        auto scene = [&]() -> asio::awaitable<void> {
            auto idle = co_await raw_peer::connect(loop, server->port());
            base::task_group tasks(loop.get_executor(), nullptr);
            tasks.spawn(ask());
            while (!asked) co_await changed.wait();
            tasks.spawn(server->stop(20s));
            auto const nothing = co_await idle.read_to_end();
            CHECK(nothing.empty());
            try {
                co_await raw_peer::connect(loop, server->port());
            } catch (boost::system::system_error const&) {
                refused = true;
            }
            go_on = true;
            changed.notify_all();
            co_await tasks.join();
        };
        test::run_coroutine(loop, scene());
        CHECK(refused);
        CHECK(answer.find("Connection: close") != std::string::npos);
        CHECK(answer.ends_with("served"));
    }

    TEST_CASE_FIXTURE(fixture, "past its grace, stop cancels what still runs") {
        bool asked = false;
        bool cut = false;
        handler.answers = [&](http::request) -> asio::awaitable<http::response> {
            asked = true;
            changed.notify_all();
            base::notifier never(loop.get_executor());
            try {
                co_await never.wait();
            } catch (boost::system::system_error const&) {
                cut = true;
                throw;
            }
            co_return http::response(200);
        };
        start();
        auto scene = [&]() -> asio::awaitable<void> {
            auto peer = co_await raw_peer::connect(loop, server->port());
            co_await peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            while (!asked) co_await changed.wait();
            co_await server->stop(20ms);
            CHECK(cut);
            auto const nothing = co_await peer.read_to_end();
            CHECK(nothing.empty());
        };
        test::run_coroutine(loop, scene());
    }

    TEST_CASE_FIXTURE(fixture, "an address that cannot be used is refused with the reason") {
        start();
        http::server_options again;
        again.port = server->port();
        auto const taken = http::listen(loop.get_executor(), again, handler);
        REQUIRE_FALSE(taken.has_value());
        CHECK(taken.error().kind() == base::error_kind::environment);
        CHECK(taken.error().message().find("in use") != std::string::npos);
        again.address = "localhost";
        CHECK(http::listen(loop.get_executor(), again, handler).error().kind() == base::error_kind::environment);
    }
}
