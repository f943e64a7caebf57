// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;
std::string next(json::value const& answer) { return std::string(answer.at("next_batch").as_string()); }

std::string knockable(person const& by) {
    json::object const rule{{"type", "m.room.join_rules"}, {"content", {{"join_rule", "knock"}}}};
    return by.make_room({{"initial_state", json::array{rule}}, {"name", "the den"}, {"room_alias_name", "den"}});
}

}  // namespace

TEST_SUITE("homeserver::knocking") {
    TEST_CASE("who knocks is told of the room, its members of them, and an invite lets them in") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = knockable(ann);
        auto const hers = next(ann.sync());
        auto const his = next(bob.sync());
        auto const said = bob.post("/knock/" + escaped("#den:demo.local"), {{"reason", "let me in"}});
        CHECK(said.text("room_id") == room);
        CHECK(bob.post("/knock/" + escaped(room)).status == 200);
        auto const news = ann.sync(hers);
        auto const events = chatrixcd::test::at(news, "rooms/join/" + room + "/timeline/events");
        CHECK(each(events, "content/membership") == names{"knock"});
        CHECK(each(events, "content/reason") == names{"let me in"});
        auto const outside = bob.sync(his);
        auto const shown = chatrixcd::test::at(outside, "rooms/knock/" + room + "/knock_state/events");
        CHECK(std::ranges::count(each(shown, "type"), "m.room.name") == 1);
        CHECK(each(shown, "content/membership").back() == "knock");
        ann.invite(room, bob);
        bob.join(room);
        CHECK(bob.sync(next(outside)).at("rooms").at("join").as_object().contains(room));
    }

    TEST_CASE("a knock is turned down, or taken back") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = knockable(ann);
        REQUIRE(bob.post("/knock/" + escaped(room)).status == 200);
        auto const since = next(bob.sync());
        CHECK(ann.post("/rooms/" + escaped(room) + "/kick", {{"user_id", bob.id}}).status == 200);
        CHECK(bob.sync(since).at("rooms").at("leave").as_object().contains(room));
        REQUIRE(bob.post("/knock/" + escaped(room)).status == 200);
        bob.leave(room);
        CHECK(bob.sync().at("rooms").at("knock") == json::object());
    }

    TEST_CASE("nobody knocks where that is of no use") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const closed = ann.make_room();
        CHECK(bob.post("/knock/" + escaped(closed)).errcode() == "M_FORBIDDEN");
        CHECK(bob.post("/knock/" + escaped("!none:demo.local")).errcode() == "M_NOT_FOUND");
        CHECK(bob.post("/knock/" + escaped("#none:demo.local")).errcode() == "M_NOT_FOUND");
        auto const room = knockable(ann);
        CHECK(ann.post("/knock/" + escaped(room)).errcode() == "M_FORBIDDEN");
        ann.post("/rooms/" + escaped(room) + "/ban", {{"user_id", bob.id}});
        CHECK(bob.post("/knock/" + escaped(room)).errcode() == "M_FORBIDDEN");
    }
}

TEST_SUITE("homeserver::reports and tags") {
    TEST_CASE("events are reported by who is in the room, rooms and users by anybody") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        auto const event = ann.say(room, "rude");
        auto const path = "/rooms/" + escaped(room) + "/report/" + escaped(event);
        CHECK(bob.post(path, {{"reason", "rude"}}).errcode() == "M_NOT_FOUND");
        bob.join(room);
        CHECK(bob.post(path, {{"reason", "rude"}, {"score", -100}}).status == 200);
        CHECK(bob.post(path).status == 200);
        CHECK(bob.post("/rooms/" + escaped(room) + "/report/" + escaped("$none")).status == 404);
        auto const eve = at.add("eve");
        CHECK(eve.post("/rooms/" + escaped(room) + "/report", {{"reason", ""}}).status == 200);
        CHECK(eve.post("/rooms/" + escaped(room) + "/report").errcode() == "M_MISSING_PARAM");
        CHECK(eve.post("/rooms/" + escaped("!none:demo.local") + "/report", {{"reason", ""}}).status == 404);
        CHECK(eve.post("/users/" + escaped(ann.id) + "/report", {{"reason", "x"}}).status == 200);
        CHECK(eve.post("/users/" + escaped("@none:demo.local") + "/report", {{"reason", "x"}}).status == 404);
        CHECK(eve.post("/users/" + escaped(ann.id) + "/report", {{"reason", std::string(5000, 'x')}}).errcode() == "M_TOO_LARGE");
    }

    TEST_CASE("tags are one's own, and told to one's other devices") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const since = next(ann.sync());
        auto const path = "/user/" + ann.id + "/rooms/" + escaped(room) + "/tags";
        CHECK(ann.get(path).body == json::value({{"tags", json::object()}}));
        CHECK(ann.put(path + "/m.favourite", {{"order", 0.25}}).status == 200);
        CHECK(ann.put(path + "/u.work", json::object()).status == 200);
        CHECK(ann.erase(path + "/u.work").status == 200);
        CHECK(ann.erase(path + "/u.none").status == 200);
        CHECK(ann.get(path).body == json::value({{"tags", {{"m.favourite", {{"order", 0.25}}}}}}));
        auto const news = chatrixcd::test::at(ann.sync(since), "rooms/join/" + room + "/account_data/events");
        CHECK(each(news, "type") == names{"m.tag"});
        CHECK(ann.put(path + "/" + std::string(256, 'x'), json::object()).errcode() == "M_INVALID_PARAM");
        CHECK(at.add("bob").get(path).errcode() == "M_FORBIDDEN");
    }
}
