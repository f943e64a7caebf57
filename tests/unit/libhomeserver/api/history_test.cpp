// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;

std::string room_path(std::string const& room, std::string const& rest) { return "/rooms/" + escaped(room) + rest; }
names bodies(person const& who, std::string const& room) {
    auto const page = who.get(room_path(room, "/messages?dir=f&limit=1000"));
    names said;
    auto const chunk = page.body.at("chunk");
    for (auto const& event : chunk.as_array()) {
        if (event.at("type") == "m.room.message") said.emplace_back(event.at("content").at("body").as_string());
    }
    return said;
}
json::object visible_as(std::string const& rule) {
    return {{"preset", "public_chat"},
            {"initial_state", json::array{{{"type", "m.room.history_visibility"}, {"content", {{"history_visibility", rule}}}}}}};
}

}  // namespace

TEST_SUITE("homeserver::history") {
    TEST_CASE("both directions give every event once, whatever the page size") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        for (int i = 0; i < 23; ++i) ann.say(room, std::to_string(i));
        auto const all = each(ann.get(room_path(room, "/messages?dir=f&limit=1000")).body.at("chunk"), "event_id");
        CHECK(all.size() > 28);
        for (auto const size : {1, 2, 5, 30}) {
            for (std::string const direction : {"f", "b"}) {
                names got;
                std::string from;
                do {
                    auto const page = ann.get(room_path(
                        room, "/messages?dir=" + direction + "&limit=" + std::to_string(size) + (from.empty() ? "" : "&from=" + from)));
                    auto const ids = each(page.body.at("chunk"), "event_id");
                    got.insert(got.end(), ids.begin(), ids.end());
                    from = page.text("end");
                } while (!from.empty());
                if (direction == "b") std::ranges::reverse(got);
                CHECK(got == all);
            }
        }
    }

    TEST_CASE("a direction that is missing and one that is none are told apart") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        CHECK(ann.get(room_path(room, "/messages")).errcode() == "M_MISSING_PARAM");
        CHECK(ann.get(room_path(room, "/messages?dir=x")).errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("the rule at the time of an event decides who sees it later") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room(visible_as("shared"));
        ann.say(room, "shared");
        ann.set_state(room, "m.room.history_visibility", "", {{"history_visibility", "joined"}});
        ann.say(room, "joined");
        ann.set_state(room, "m.room.history_visibility", "", {{"history_visibility", "invited"}});
        ann.say(room, "invited, before");
        ann.invite(room, bob);
        ann.say(room, "invited, after");
        ann.set_state(room, "m.room.history_visibility", "", {{"history_visibility", "joined"}});
        ann.say(room, "joined, after the invite");
        bob.join(room);
        ann.say(room, "together");
        CHECK(bodies(bob, room) == names{"shared", "invited, after", "together"});
        // The first sync of the room tells no more.
        auto const news = bob.sync("", "&filter=" + escaped(R"({"room":{"timeline":{"limit":1000,"types":["m.room.message"]}}})"));
        CHECK(each(chatrixcd::test::at(news, "rooms/join/" + room + "/timeline/events"), "content/body") ==
              names{"shared", "invited, after", "together"});
    }

    TEST_CASE("who left sees what was there until then, and its state, also once banned later") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room(visible_as("shared"));
        bob.join(room);
        ann.say(room, "with bob");
        ann.set_state(room, "m.room.topic", "", {{"topic", "before"}});
        bob.leave(room);
        ann.say(room, "without bob");
        ann.set_state(room, "m.room.topic", "", {{"topic", "after"}});
        for (bool const banned : {false, true}) {
            if (banned) REQUIRE(ann.post(room_path(room, "/ban"), {{"user_id", bob.id}}).status == 200);
            CHECK(bodies(bob, room) == names{"with bob"});
            CHECK(bob.get(room_path(room, "/state/m.room.topic")).text("topic") == "before");
            CHECK(bob.get(room_path(room, "/joined_members")).status == 403);
        }
    }

    TEST_CASE("a world-readable room shows itself to who never joined") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room(visible_as("world_readable"));
        ann.say(room, "to all");
        CHECK(bodies(bob, room) == names{"to all"});
        CHECK(bob.get(room_path(room, "/state/m.room.history_visibility")).status == 200);
    }

    TEST_CASE("the context of an event has its neighbours and the state behind the last of them") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        ann.set_state(room, "m.room.topic", "", {{"topic", "old"}});
        ann.say(room, "1");
        auto const middle = ann.say(room, "2");
        ann.say(room, "3");
        ann.set_state(room, "m.room.topic", "", {{"topic", "new"}});
        ann.say(room, "4");
        auto const context = ann.get(room_path(room, "/context/" + escaped(middle) + "?limit=2")).body;
        CHECK(each(context.at("events_before"), "content/body") == names{"1"});
        CHECK(each(context.at("events_after"), "content/body") == names{"3"});
        auto const state = context.at("state");
        auto const topic = std::ranges::find_if(state.as_array(), [](auto const& event) { return event.at("type") == "m.room.topic"; });
        REQUIRE(topic != state.as_array().end());
        CHECK(topic->at("content").at("topic") == "old");
        // Its ends go on where it stopped.
        auto const start = std::string(context.at("start").as_string());
        auto const end = std::string(context.at("end").as_string());
        auto const earlier = ann.get(room_path(room, "/messages?dir=b&limit=1&from=" + start)).body.at("chunk");
        CHECK(each(earlier, "type") == names{"m.room.topic"});
        auto const later = ann.get(room_path(room, "/messages?dir=f&limit=2&from=" + end)).body.at("chunk");
        CHECK(each(later, "type") == names{"m.room.topic", "m.room.message"});
    }

    TEST_CASE("the members at an earlier place are those of that time") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        auto const then = std::string(ann.sync().at("next_batch").as_string());
        bob.join(room);
        CHECK(each(ann.get(room_path(room, "/members?at=" + then)).body.at("chunk"), "state_key") == names{ann.id});
        CHECK(each(ann.get(room_path(room, "/members")).body.at("chunk"), "state_key").size() == 2);
    }

    TEST_CASE("relations are found by type, page by page, until they are redacted") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const root = ann.say(room, "root");
        names edits;
        for (int i = 0; i < 5; ++i) {
            json::object const relation{{"rel_type", i == 2 ? "m.thread" : "m.replace"}, {"event_id", root}};
            auto const path = room_path(room, "/send/m.room.message/e" + std::to_string(i));
            auto const id = ann.put(path, {{"body", "x"}, {"m.relates_to", relation}}).text("event_id");
            if (i != 2) edits.push_back(id);
        }
        auto const base = "/_matrix/client/v1/rooms/" + escaped(room) + "/relations/" + escaped(root);
        CHECK(each(ann.get(base).body.at("chunk"), "event_id").size() == 5);
        CHECK(each(ann.get(base + "/m.thread").body.at("chunk"), "event_id").size() == 1);
        CHECK(ann.get(base + "/m.replace/m.reaction").body.at("chunk") == json::array());
        names got;
        std::string from;
        do {
            auto const page = ann.get(base + "/m.replace/m.room.message?limit=3&dir=f" + (from.empty() ? "" : "&from=" + from));
            for (auto const& id : each(page.body.at("chunk"), "event_id")) got.push_back(id);
            from = page.text("next_batch");
        } while (!from.empty());
        CHECK(got == edits);
        REQUIRE(ann.put(room_path(room, "/redact/" + escaped(edits[0]) + "/r"), json::object()).status == 200);
        CHECK(each(ann.get(base + "/m.replace").body.at("chunk"), "event_id").size() == 3);
    }

    TEST_CASE("an event of another room, or one not to be seen, is not found") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room();
        auto const other = ann.make_room();
        auto const event = ann.say(room, "here");
        CHECK(ann.get(room_path(room, "/event/" + escaped(event))).text("room_id") == room);
        CHECK(ann.get(room_path(other, "/event/" + escaped(event))).errcode() == "M_NOT_FOUND");
        CHECK(bob.get(room_path(room, "/event/" + escaped(event))).errcode() == "M_NOT_FOUND");
        CHECK(ann.get(room_path(room, "/messages?dir=x")).errcode() == "M_INVALID_PARAM");
        CHECK(ann.get(room_path(room, "/messages?dir=b&from=junk")).errcode() == "M_INVALID_PARAM");
        CHECK(ann.get(room_path(room, "/messages?dir=b&limit=-1")).errcode() == "M_INVALID_PARAM");
    }
}
