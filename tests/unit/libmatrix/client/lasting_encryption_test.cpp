// SPDX-License-Identifier: Apache-2.0
// A room that was encrypted once stays so, whatever becomes of the event that said it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

void redact_encryption(world& w, person& by, std::string const& room) {
    auto const all = by.history(room);
    auto const found =
        std::ranges::find_if(all, [](boost::json::object const& e) { return base::find_string(e, "type") == "m.room.encryption"; });
    REQUIRE(found != all.end());
    auto const id = base::percent_encode(base::find_string(*found, "event_id").value());
    ask_as(w, by, base::http::method::put, room_path(room, "/redact/" + id + "/r1"));
    w.pass(std::chrono::seconds(5));
}

}  // namespace

TEST_SUITE("matrix::client::lasting encryption") {
    TEST_CASE("a room whose m.room.encryption is redacted stays encrypted, over restarts") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        anns.say(room, "one");
        bot.wait_for("one");
        redact_encryption(w, ann, room);
        bot.say(room, "two");
        anns.wait_for("two");
        bot.reopen();
        w.pass(std::chrono::seconds(5));
        bot.say(room, "three");
        anns.wait_for("three");
        CHECK(count_of(ann, room, "m.room.message") == 0);
        CHECK(count_of(ann, room, "m.room.encrypted") == 3);
    }

    TEST_CASE("who sees the room only afterwards says nothing in clear in it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        redact_encryption(w, ann, room);
        speaker bot(w, "bot");
        w.pass(std::chrono::seconds(5));
        auto const sent = w.run(bot.client->room(matrix::room_id(room)).send(matrix::outgoing::text("in clear")));
        REQUIRE_FALSE(sent.has_value());
        CHECK(sent.error().kind() == base::error_kind::unsupported);
        CHECK(count_of(ann, room, "m.room.message") == 0);
    }
}

}  // namespace chatrixcd::test
