// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/adapters/console.hpp>
#include <chatrixcd/chatops/testing/chat_conformance.hpp>

#include "support/results.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using boost::asio::awaitable;

namespace {

struct fixture {
    template <class T>
    T run(awaitable<T> work) {
        return test::run_virtual(loop, time, std::move(work));
    }
    chat::outgoing message(std::string key, view content) { return chat::outgoing("console", std::move(key), std::move(content)); }

    boost::asio::io_context loop;
    base::virtual_clock time;
    std::vector<std::string> shown;
    adapters::console console{loop.get_executor(), time, adapters::console_options(),
                              [this](std::string text) { shown.push_back(std::move(text)); }};
};

view card_of(card_state state) {
    card c;
    c.state = state;
    c.title = "demo / hello #1";
    return view().with(c);
}

}  // namespace

TEST_SUITE("chatops::adapters console") {
    TEST_CASE_FIXTURE(fixture, "an edited card is shown again, unless it looks as before") {
        auto const sent = run(console.send(message("card", card_of(card_state::running))));
        REQUIRE(sent);
        CHECK(run(console.edit(*sent, message("card-1", card_of(card_state::running)))));
        CHECK(run(console.edit(*sent, message("card-2", card_of(card_state::success)))));
        CHECK(run(console.edit(*sent, message("card-2", card_of(card_state::failure)))));  // an old key again
        CHECK(shown == std::vector<std::string>{"🔵 demo / hello #1 · running\n", "✅ demo / hello #1 · success\n"});
    }
    TEST_CASE_FIXTURE(fixture, "two consoles give no id twice") {
        auto const first = console.say("a");
        run(time.sleep(std::chrono::milliseconds(1)));
        adapters::console other(loop.get_executor(), time, adapters::console_options(), nullptr);
        CHECK(other.say("a") != first);
    }
    TEST_CASE_FIXTURE(fixture, "what it cannot do, it says") {
        CHECK(run(console.react("console", "x", "k", "👀")).error().kind() == base::error_kind::unsupported);
        CHECK(run(console.send(chat::outgoing("elsewhere", "k", view()))).error().kind() == base::error_kind::forbidden);
        chat::message_id nothing;
        nothing.value = "none";
        CHECK(run(console.edit(nothing, message("e", view()))).error().kind() == base::error_kind::not_found);
    }
    TEST_CASE_FIXTURE(fixture, "it is a chat service like any other") {
        // What stands on the screen: the output function cannot tell which message a text belongs to, so edits and removals are not
        // compared here but above.
        testing::chat_subject subject(time, "console", "@you:console");
        subject.says = [&](std::string text) -> awaitable<std::string> { co_return console.say(std::move(text)); };
        subject.sees = [&]() -> awaitable<std::vector<std::string>> { co_return shown; };
        subject.patience = std::chrono::seconds(5);
        auto const found = run(testing::check_chat_service(console, subject));
        std::vector<std::string> const expected = {
            "edit(): the message does not show the new content once and the old one never",
            "redact(): the message is still shown",
        };
        CHECK(found == expected);
    }
}
