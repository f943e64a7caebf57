// SPDX-License-Identifier: Apache-2.0
#include "demo/transcript.hpp"

#include <doctest/doctest.h>

namespace chatrixcd::bot {
namespace {

matrix::event parsed(std::string const& id, std::string const& sender, std::string const& type, std::string const& content) {
    return matrix::event::parse_text(R"({"event_id":")" + id + R"(","sender":")" + sender + R"(","type":")" + type +
                                     R"(","origin_server_ts":1,"content":)" + content + "}")
        .value();
}

std::string const replacement = R"({"msgtype":"m.notice","body":"* new","m.new_content":{"msgtype":"m.notice","body":"new"},)"
                                R"("m.relates_to":{"rel_type":"m.replace","event_id":"$1"}})";

}  // namespace

TEST_SUITE("bot::demo::transcript") {
    TEST_CASE("an edit changes the entry that it replaces") {
        transcript t;
        CHECK(t.take(parsed("$1", "@bot:x", "m.room.message", R"({"msgtype":"m.notice","body":"old"})")) == 0U);
        CHECK(t.take(parsed("$2", "@bot:x", "m.room.message", replacement)) == 0U);
        CHECK(t.entries().at(0).body == "new");
        CHECK(t.entries().at(0).revision == 1);
    }

    TEST_CASE("an edit by somebody else changes nothing") {
        transcript t;
        t.take(parsed("$1", "@bot:x", "m.room.message", R"({"msgtype":"m.notice","body":"old"})"));
        CHECK(!t.take(parsed("$2", "@eve:x", "m.room.message", replacement)));
        CHECK(t.entries().at(0).body == "old");
    }

    TEST_CASE("an event that comes twice counts once") {
        transcript t;
        auto const message = parsed("$1", "@bot:x", "m.room.message", R"({"msgtype":"m.text","body":"a"})");
        CHECK(t.take(message));
        CHECK(!t.take(message));
        CHECK(t.entries().size() == 1);
    }

    TEST_CASE("what somebody else said last in a thread is answered there") {
        transcript t;
        CHECK(t.thread_to_answer("@you:x").empty());
        t.take(parsed("$1", "@you:x", "m.room.message", R"({"msgtype":"m.text","body":"!cd run"})"));
        t.take(parsed("$2", "@bot:x", "m.room.message",
                      R"({"msgtype":"m.text","body":"which?","m.relates_to":{"rel_type":"m.thread","event_id":"$1"}})"));
        t.take(parsed("$3", "@you:x", "m.room.message", R"({"msgtype":"m.text","body":"wait"})"));
        CHECK(t.entries().at(1).thread == "$1");
        CHECK(t.thread_to_answer("@you:x") == "$1");
        t.take(parsed("$4", "@bot:x", "m.room.message", R"({"msgtype":"m.notice","body":"pong"})"));
        CHECK(t.thread_to_answer("@you:x").empty());
    }

    TEST_CASE("a reaction is shown at its message") {
        transcript t;
        t.take(parsed("$1", "@you:x", "m.room.message", R"({"msgtype":"m.text","body":"!cd run"})"));
        t.take(parsed("$2", "@bot:x", "m.reaction", R"({"m.relates_to":{"rel_type":"m.annotation","event_id":"$1","key":"👀"}})"));
        CHECK(t.entries().at(0).reactions == "👀");
    }
}

}  // namespace chatrixcd::bot
