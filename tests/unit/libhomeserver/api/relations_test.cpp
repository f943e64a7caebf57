// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>

#include "rig.hpp"

using namespace chatrixcd::test;
using namespace std::chrono_literals;

namespace {

using names = std::vector<std::string>;
int number = 0;

reply relate(person const& who, std::string const& room, std::string const& rel_type, std::string const& target, std::string const& body,
             std::string const& key = "") {
    json::object relation{{"rel_type", rel_type}, {"event_id", target}};
    if (!key.empty()) relation["key"] = key;
    json::object content{{"msgtype", "m.text"}, {"body", body}, {"m.relates_to", relation}};
    auto const* const type = key.empty() ? "m.room.message" : "m.reaction";
    return who.put("/rooms/" + escaped(room) + "/send/" + type + "/relates-" + std::to_string(++number), json::value(content));
}

json::value relations(person const& who, std::string const& room, std::string const& event) {
    return at(who.get("/rooms/" + escaped(room) + "/event/" + escaped(event)).body, "unsigned/m.relations");
}

}  // namespace

TEST_SUITE("homeserver::relations") {
    TEST_CASE("an event carries its latest edit by its own sender") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const event = ann.say(room, "helo");
        CHECK(relations(ann, room, event).is_null());
        relate(ann, room, "m.replace", event, "hello");
        at.pass(1s);
        relate(ann, room, "m.replace", event, "hello!");
        at.pass(1s);
        relate(bob, room, "m.replace", event, "bye");
        CHECK(chatrixcd::test::at(relations(bob, room, event), "m.replace/content/body") == "hello!");
    }

    TEST_CASE("a thread's root says how many there are, the latest, and whether one took part") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const root = ann.say(room, "root");
        relate(ann, room, "m.thread", root, "one");
        auto const latest = relate(ann, room, "m.thread", root, "two").text("event_id");
        relate(ann, room, "m.replace", latest, "two!");
        auto const thread = relations(bob, room, root).at("m.thread");
        CHECK(thread.at("count") == 2);
        CHECK(thread.at("current_user_participated") == json::value(false));
        CHECK(chatrixcd::test::at(thread, "latest_event/event_id") == json::value(latest));
        CHECK(chatrixcd::test::at(thread, "latest_event/unsigned/m.relations/m.replace/content/body") == "two!");
        CHECK(relations(ann, room, root).at("m.thread").at("current_user_participated") == json::value(true));
        // A thread hangs on an event that hangs on nothing.
        auto const refused = relate(bob, room, "m.thread", latest, "deeper");
        CHECK(refused.status == 400);
        CHECK(refused.errcode() == "M_UNKNOWN");
        // What is redacted relates to nothing any longer.
        CHECK(ann.put("/rooms/" + escaped(room) + "/redact/" + escaped(latest) + "/r", json::object()).status == 200);
        CHECK(relations(bob, room, root).at("m.thread").at("count") == 1);
    }

    TEST_CASE("the same reaction counts once a user") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const event = ann.say(room, "vote");
        auto const first = relate(ann, room, "m.annotation", event, "", "+1");
        CHECK(first.status == 200);
        CHECK(relate(ann, room, "m.annotation", event, "", "+1").errcode() == "M_DUPLICATE_ANNOTATION");
        CHECK(relate(ann, room, "m.annotation", event, "", "-1").status == 200);
        CHECK(relate(bob, room, "m.annotation", event, "", "+1").status == 200);
        ann.put("/rooms/" + escaped(room) + "/redact/" + escaped(first.text("event_id")) + "/r", json::object());
        CHECK(relate(ann, room, "m.annotation", event, "", "+1").status == 200);
    }

    TEST_CASE("the threads of a room come with the liveliest first, in pages") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const first = ann.say(room, "first");
        auto const second = ann.say(room, "second");
        auto const third = ann.say(room, "third");
        for (auto const& root : {third, second, first}) relate(ann, room, "m.thread", root, "x");
        relate(bob, room, "m.thread", second, "y");
        auto const path = "/_matrix/client/v1/rooms/" + escaped(room) + "/threads";
        auto const all = bob.get(path);
        CHECK(each(all.body.at("chunk"), "event_id") == names{second, first, third});
        CHECK(chatrixcd::test::at(all.body, "chunk/0/unsigned/m.relations/m.thread/count") == json::value(2));
        CHECK(all.text("next_batch").empty());
        CHECK(each(bob.get(path + "?include=participated").body.at("chunk"), "event_id") == names{second});
        auto const page = bob.get(path + "?limit=2");
        CHECK(each(page.body.at("chunk"), "event_id") == names{second, first});
        CHECK(each(bob.get(path + "?limit=2&from=" + page.text("next_batch")).body.at("chunk"), "event_id") == names{third});
        CHECK(bob.get(path + "?from=garbage").errcode() == "M_INVALID_PARAM");
        CHECK(bob.get(path + "?include=mine").errcode() == "M_INVALID_PARAM");
        CHECK(at.add("eve").get(path).errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("the event at a time is the nearest one in the direction asked for") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        at.pass(10s);
        auto const one = ann.say(room, "one");
        auto const when = at.time.now().time_since_epoch().count();
        at.pass(10s);
        auto const two = ann.say(room, "two");
        auto const find = [&](std::int64_t ts, std::string const& direction) {
            return ann.get("/_matrix/client/v1/rooms/" + escaped(room) + "/timestamp_to_event?ts=" + std::to_string(ts) +
                           "&dir=" + direction);
        };
        CHECK(find(when, "f").text("event_id") == one);
        CHECK(find(when + 1, "f").text("event_id") == two);
        CHECK(find(when + 9999, "b").text("event_id") == one);
        CHECK(chatrixcd::test::at(find(when, "b").body, "origin_server_ts") == json::value(when));
        CHECK(find(when + 20000, "f").errcode() == "M_NOT_FOUND");
        CHECK(find(0, "b").errcode() == "M_NOT_FOUND");
        CHECK(find(when, "x").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get("/_matrix/client/v1/rooms/" + escaped(room) + "/timestamp_to_event?ts=now&dir=f").errcode() == "M_INVALID_PARAM");
    }
}
