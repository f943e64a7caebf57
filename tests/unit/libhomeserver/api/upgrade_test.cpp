// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

json::value state(person const& who, std::string const& room, std::string const& type, std::string const& key = "") {
    auto const said = who.get("/rooms/" + escaped(room) + "/state/" + type + "/" + escaped(key));
    return said.status == 200 ? said.body : json::value();
}

std::string upgraded(person const& by, std::string const& room, std::string const& version) {
    auto const said = by.post("/rooms/" + escaped(room) + "/upgrade", {{"new_version", version}});
    REQUIRE(said.status == 200);
    return said.text("replacement_room");
}

}  // namespace

TEST_SUITE("homeserver::upgrade") {
    TEST_CASE("an upgraded room says where it went, and the new one what it was") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const old = ann.make_room({{"preset", "public_chat"},
                                        {"visibility", "public"},
                                        {"name", "Ops"},
                                        {"topic", "work"},
                                        {"room_alias_name", "ops"},
                                        {"room_version", "10"},
                                        {"creation_content", {{"type", "org.example.kind"}}}});
        bob.join(old);
        ann.set_state(old, "org.example.private", "", {{"x", 1}});
        auto levels = state(ann, old, "m.room.power_levels").as_object();
        levels["users"].as_object()[bob.id] = 50;
        ann.set_state(old, "m.room.power_levels", "", levels);
        CHECK(bob.put("/user/" + bob.id + "/rooms/" + escaped(old) + "/tags/u.work", {{"order", 0.5}}).status == 200);

        auto const fresh = upgraded(ann, old, "11");
        CHECK(state(ann, old, "m.room.tombstone").at("replacement_room") == json::value(fresh));
        auto const create = state(ann, fresh, "m.room.create");
        CHECK(create.at("room_version") == "11");
        CHECK(create.at("type") == "org.example.kind");
        CHECK(create.at("predecessor").at("room_id") == json::value(old));
        CHECK(create.at("predecessor").at("event_id").is_string());
        for (auto const* type : {"m.room.name", "m.room.topic", "m.room.join_rules", "m.room.canonical_alias"}) {
            CHECK(!state(ann, fresh, type).is_null());
        }
        CHECK(state(ann, fresh, "org.example.private").is_null());
        CHECK(state(ann, fresh, "m.room.power_levels") == json::value(levels));
        CHECK(state(ann, fresh, "m.room.member", bob.id).is_null());
        CHECK(at.ask(method::get, "/directory/room/" + escaped("#ops:demo.local")).text("room_id") == fresh);
        CHECK(at.ask(method::get, "/publicRooms").text("chunk/0/room_id") == fresh);
        CHECK(state(ann, old, "m.room.canonical_alias") == json::object());
        // The old room is closed to those without power.
        auto const eve = at.add("eve");
        eve.join(old);
        auto const said = eve.put("/rooms/" + escaped(old) + "/send/m.room.message/1", {{"msgtype", "m.text"}, {"body", "x"}});
        CHECK(said.errcode() == "M_FORBIDDEN");
        bob.join(fresh);
        CHECK(bob.get("/user/" + bob.id + "/rooms/" + escaped(fresh) + "/tags").body.at("tags").as_object().contains("u.work"));
    }

    TEST_CASE("into version 12 creators are not among the levels, and out of it they are") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const old = ann.make_room({{"room_version", "11"}});
        json::object const wish{{"new_version", "12"}, {"additional_creators", {bob.id}}};
        auto const said = ann.post("/rooms/" + escaped(old) + "/upgrade", json::value(wish));
        REQUIRE(said.status == 200);
        auto const fresh = said.text("replacement_room");
        CHECK(fresh.find(':') == std::string::npos);
        CHECK(state(ann, fresh, "m.room.create").at("additional_creators") == json::value(json::array{bob.id}));
        CHECK(!state(ann, fresh, "m.room.create").at("predecessor").as_object().contains("event_id"));
        CHECK(state(ann, fresh, "m.room.power_levels").at("users") == json::object());
        auto const back = upgraded(ann, fresh, "11");
        CHECK(state(ann, back, "m.room.power_levels").at("users").at(ann.id) == 100);
        CHECK(state(ann, back, "m.room.power_levels").at("users").at(bob.id) == 100);
    }

    TEST_CASE("who has just enough power gets no more by it") {
        rig at;
        auto const ann = at.add("ann");
        auto const mod = at.add("mod");
        auto const room =
            ann.make_room({{"preset", "public_chat"}, {"power_level_content_override", {{"events", {{"m.room.tombstone", 50}}}}}});
        mod.join(room);
        auto levels = state(ann, room, "m.room.power_levels").as_object();
        levels["users"].as_object()[mod.id] = 50;
        ann.set_state(room, "m.room.power_levels", "", levels);
        auto const fresh = upgraded(mod, room, "11");
        CHECK(state(mod, fresh, "m.room.power_levels") == json::value(levels));
    }

    TEST_CASE("what cannot be is refused, and nothing is left of it") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const path = "/rooms/" + escaped(room) + "/upgrade";
        CHECK(ann.post(path, {{"new_version", "99"}}).errcode() == "M_UNSUPPORTED_ROOM_VERSION");
        CHECK(ann.post(path, {{"new_version", "3"}}).errcode() == "M_UNSUPPORTED_ROOM_VERSION");
        CHECK(ann.post(path, json::object()).errcode() == "M_MISSING_PARAM");
        CHECK(bob.post(path, {{"new_version", "11"}}).errcode() == "M_FORBIDDEN");
        CHECK(ann.post(path, {{"new_version", "12"}, {"additional_creators", {"bob"}}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/rooms/" + escaped("!none:demo.local") + "/upgrade", {{"new_version", "11"}}).errcode() == "M_FORBIDDEN");
        CHECK(ann.get("/joined_rooms").body.at("joined_rooms") == json::value(json::array{room}));
        CHECK(state(ann, room, "m.room.tombstone").is_null());
    }
}
