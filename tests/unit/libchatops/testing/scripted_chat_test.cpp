// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/testing/scripted_chat.hpp>

#include "support/results.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using testing::send_fault;

namespace {

struct fixture {
    template <class T>
    T run(awaitable<T> work) {
        return test::run_virtual(loop, time, std::move(work));
    }
    std::unique_ptr<chat::delivery> next() { return run(chat.next()).value(); }
    bool silent() { return !run(base::with_timeout(time, chat.next(), 1s)).has_value(); }
    chat::outgoing message(std::string key, std::string text) {
        return chat::outgoing("!room", std::move(key), view::of_text(std::move(text)));
    }
    chat::result<chat::message_id> send(std::string key, std::string text) {
        return run(chat.send(message(std::move(key), std::move(text))));
    }

    boost::asio::io_context loop;
    base::virtual_clock time;
    testing::scripted_chat chat{loop.get_executor(), time};
};

}  // namespace

TEST_SUITE("chatops::testing scripted chat") {
    TEST_CASE_FIXTURE(fixture, "rooms wait for their own messages only") {
        chat.says("@ann:x", "!a", "one");
        chat.says("@ann:x", "!a", "two");
        chat.says("@bob:x", "!b", "three");
        auto const one = next();
        auto const three = next();
        CHECK(one->content().text == "one");
        CHECK(three->content().text == "three");
        CHECK(silent());
        run(one->acknowledge());
        CHECK(next()->content().text == "two");
    }
    TEST_CASE_FIXTURE(fixture, "after a restart the unacknowledged come again, and old objects do nothing") {
        chat.says("@ann:x", "!a", "one");
        auto const old = next();
        chat.restart();
        run(old->acknowledge());
        CHECK(chat.unacknowledged() == 1);
        auto const again = next();
        CHECK(again->content().from == old->content().from);
        CHECK(again->content().attempt == 2);
        run(again->acknowledge());
        CHECK(silent());
        chat.deliver_again(old->content().from.event);
        CHECK(next()->content() == old->content());
    }
    TEST_CASE_FIXTURE(fixture, "the tries of a message are counted over restarts, then it is set aside") {
        auto const event = chat.says("@ann:x", "!a", "poison");
        CHECK(!run(next()->failed("1")));
        chat.restart();
        CHECK(!run(next()->failed("2")));
        CHECK(run(next()->failed("3")));
        CHECK(chat.set_aside() == std::vector<std::string>{event});
        CHECK(silent());
    }
    TEST_CASE_FIXTURE(fixture, "a send that hangs was made or not, and its key finds out") {
        chat.join("!room", "@ann:x");
        chat.next_send(send_fault::hangs_before);
        chat.next_send(send_fault::hangs_after);
        CHECK(!run(base::with_timeout(time, chat.send(message("a", "never")), 60s)));
        CHECK(!run(base::with_timeout(time, chat.send(message("b", "made")), 60s)));
        CHECK(chat.bot_messages().size() == 1);
        chat.restart();
        auto const again = send("b", "made");
        REQUIRE(again);
        CHECK(again->value == chat.bot_messages()[0].event);
        CHECK(chat.bot_messages().size() == 1);
    }
    TEST_CASE_FIXTURE(fixture, "a refusal is for one call, and does not use up the key") {
        chat.join("!room", "@ann:x");
        chat.next_send(send_fault::refused);
        CHECK(send("a", "x").error().kind() == base::error_kind::forbidden);
        CHECK(send("a", "x"));
        CHECK(run(chat.send(chat::outgoing("!elsewhere", "e", view()))).error().kind() == base::error_kind::forbidden);
    }
    TEST_CASE_FIXTURE(fixture, "the transcript shows edits, reactions and removals") {
        auto const event = chat.says("@ann:x", "!room", "!cd ping");
        auto const sent = send("a", "pong");
        run(chat.edit(*sent, message("a1", "pong!")));
        run(chat.edit(*sent, message("a2", "pong!!")));
        run(chat.react("!room", event, "r", "👀"));
        auto const gone = send("b", "oops");
        run(chat.redact("!room", gone->value, "rb", "mistake"));
        CHECK(chat.transcript_text() == "@ann: !cd ping [👀]\n@bot: pong!! (edited 2×)\n@bot: (removed)\n");
        chat::message_id person;
        person.value = event;
        CHECK(run(chat.edit(person, message("c", "forged"))).error().kind() == base::error_kind::forbidden);
    }
    TEST_CASE_FIXTURE(fixture, "trust is what the world says of the sender") {
        chat.set_trust("@ann:x", "PHONE", chat::trust_level::cross_signed);
        chat.says("@ann:x", "!a", "hi");
        auto const author = next()->content().author;
        CHECK(author.device == "PHONE");
        CHECK(author.trust == chat::trust_level::cross_signed);
    }
}
