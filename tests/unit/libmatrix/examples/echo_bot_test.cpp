// SPDX-License-Identifier: Apache-2.0
// The example itself, with its main() under another name, in a room without a network.
#define main echo_bot_main
#include "examples/echo_bot.cpp"
#undef main

#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

// What a program writes to standard output, for as long as it lives.
class captured_output {
public:
    captured_output() : before_(std::cout.rdbuf(text_.rdbuf())) {}
    ~captured_output() { std::cout.rdbuf(before_); }
    captured_output(captured_output const&) = delete;
    captured_output& operator=(captured_output const&) = delete;
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::streambuf* before_;
};

}  // namespace

TEST_SUITE("examples") {
    TEST_CASE("the echo bot says when it is ready, joins, answers each text, and ends when asked to") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        ::setenv("MATRIX_USER", account.id().c_str(), 1);
        ::setenv("MATRIX_PASSWORD", password.c_str(), 1);
        auto client = w.make_client("store");
        bool ended = false;
        base::task_group running(w.loop.get_executor(), [](std::exception_ptr e) { std::rethrow_exception(e); });
        auto live = [&]() -> awaitable<void> {
            co_await bot(*client);
            ended = true;
        };
        captured_output output;
        running.spawn(live());
        w.until([&] { return output.text() == "ready\n"; });

        auto const room = ann.make_room({account.id()});
        w.pass(std::chrono::seconds(3));
        ann.say(room, "hello");
        boost::json::object notice;
        notice["msgtype"] = "m.notice";
        notice["body"] = "from another bot";
        ann.send(room, "m.room.message", std::move(notice));
        ann.say(room, "<b>world</b>");
        w.pass(std::chrono::seconds(3));
        CHECK(ann.bodies(room, account.id()) == std::vector<std::string>{"echo: hello", "echo: <b>world</b>"});

        client->request_stop();
        w.until([&] { return ended; });
        w.run(running.join());
    }

    TEST_CASE("a program whose environment is incomplete ends with one line and exit code 1") {
        ::unsetenv("MATRIX_HOMESERVER");
        CHECK(echo_bot_main() == 1);
    }
}

}  // namespace chatrixcd::test
