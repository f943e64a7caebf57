// SPDX-License-Identifier: Apache-2.0
// Devices that cannot be given the key of a room: nobody waits for them, and they are tried again.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

// Ann, who speaks to the bot.
class talk {
public:
    talk() : ann(w.add("ann")), account(w.add("bot")), room(secret_room(w, ann, account)), bot(w, "bot"), anns(w, "ann") {
        w.pass(std::chrono::seconds(5));
        w.network->leaving = [this](base::http::request const& r) {
            keys += contains(r.path(), "/sendToDevice/m.room.encrypted/") ? 1 : 0;
            notices += contains(r.path(), "/sendToDevice/m.room_key.withheld/") ? 1 : 0;
        };
    }
    void say(std::string const& text) {
        anns.say(room, text);
        w.pass(std::chrono::seconds(30));
    }
    bool has_one_session() {
        auto const all = sessions_of(ann, room);
        return std::ranges::count(all, all.at(0)) == static_cast<std::ptrdiff_t>(all.size());
    }

    world w;
    person ann;
    person account;
    std::string room;
    speaker bot;
    speaker anns;
    int keys = 0;     // requests that bring keys
    int notices = 0;  // that there is none
};

}  // namespace

TEST_SUITE("matrix::client::unreachable devices") {
    TEST_CASE("a key that the homeserver refuses to pass on keeps no message back, and is given after an hour, from the next message on") {
        talk t;
        auto const refusal = json_answer(R"({"errcode":"M_FORBIDDEN","error":"not to that one"})", 403);
        t.w.network->rules.on("/sendToDevice/m.room.encrypted/{txn}").for_user("@ann:test").once().does(fault::answer(refusal));
        t.say("first");
        t.w.pass(std::chrono::minutes(50));
        t.say("second");
        CHECK(t.keys == 1);
        CHECK(count_of(t.ann, t.room, "m.room.encrypted") == 2);
        t.w.pass(std::chrono::minutes(10));
        t.say("third");
        CHECK(t.keys == 2);
        CHECK(t.bot.heard == strings{"third"});
        CHECK(t.has_one_session());
    }

    TEST_CASE("a device without one-time keys is told once, however often it is tried, and gets the key with the next session") {
        talk t;
        auto const none = [](boost::json::object& answer) { answer["one_time_keys"] = boost::json::object(); };
        t.w.network->rules.on("/keys/claim").for_user("@ann:test").does(fault::lie("no keys", none));
        t.say("first");
        t.say("second");
        CHECK(count_of(t.ann, t.room, "m.room.encrypted") == 2);
        CHECK(t.keys == 0);
        CHECK(t.notices == 1);
        // The specification wants one notice, not one a room or one a try.
        auto const other = secret_room(t.w, t.ann, t.account);
        t.w.pass(std::chrono::seconds(5));
        t.anns.say(other, "elsewhere");
        t.w.pass(std::chrono::hours(2));
        t.say("third");
        CHECK(t.notices == 1);
        // The bot begins a session, with a key of Ann's.
        t.bot.say(t.room, "I am here");
        t.anns.wait_for("I am here");
        t.say("fourth");
        CHECK(t.bot.heard == strings{"fourth"});
    }
}

}  // namespace chatrixcd::test
