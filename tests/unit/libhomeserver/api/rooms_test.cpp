// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

std::string room_path(std::string const& room, std::string const& rest) { return "/rooms/" + escaped(room) + rest; }
json::value state(person const& who, std::string const& room, std::string const& type) {
    return who.get(room_path(room, "/state/" + type)).body;
}
reply post_user(person const& who, std::string const& room, std::string const& verb, person const& whom) {
    return who.post(room_path(room, "/" + verb), {{"user_id", whom.id}});
}
std::vector<std::string> members(person const& who, std::string const& room, std::string const& query) {
    auto found = each(who.get(room_path(room, "/members" + query)).body.at("chunk"), "state_key");
    std::ranges::sort(found);
    return found;
}
using names = std::vector<std::string>;

}  // namespace

TEST_SUITE("homeserver::rooms") {
    TEST_CASE("a room is made with what was asked for, in every version") {
        for (auto const* version : {"10", "11", "12"}) {
            CAPTURE(version);
            rig at;
            auto const ann = at.add("ann");
            auto const bob = at.add("bob");
            json::object wish{{"room_version", version},
                              {"name", "Lab"},
                              {"topic", "Tests"},
                              {"preset", "trusted_private_chat"},
                              {"room_alias_name", "lab"},
                              {"is_direct", true},
                              {"creation_content", {{"m.federate", false}}}};
            wish["invite"] = {bob.id};
            wish["initial_state"] = json::array{{{"type", "m.room.history_visibility"}, {"content", {{"history_visibility", "joined"}}}}};
            auto const room = ann.make_room(wish);
            CHECK(room.ends_with(":demo.local") == (std::string_view(version) != "12"));
            CHECK(state(ann, room, "m.room.create").at("room_version") == version);
            CHECK(state(ann, room, "m.room.create").at("m.federate") == json::value(false));
            CHECK(state(ann, room, "m.room.name").at("name") == "Lab");
            CHECK(state(ann, room, "m.room.topic").at("topic") == "Tests");
            CHECK(state(ann, room, "m.room.join_rules").at("join_rule") == "invite");
            CHECK(state(ann, room, "m.room.history_visibility").at("history_visibility") == "joined");
            CHECK(state(ann, room, "m.room.canonical_alias").at("alias") == "#lab:demo.local");
            CHECK(state(ann, room, "m.room.member/" + bob.id).at("is_direct") == json::value(true));
            CHECK(bob.post("/join/" + escaped("#lab:demo.local")).text("room_id") == room);
            // The creator's power is bob's too.
            CHECK(bob.put(room_path(room, "/state/m.room.name"), {{"name", "Bob's"}}).status == 200);
            CHECK(ann.post("/createRoom", {{"room_alias_name", "lab"}}).errcode() == "M_ROOM_IN_USE");
        }
    }

    TEST_CASE("a room that cannot be made leaves nothing behind") {
        rig at;
        auto const ann = at.add("ann");
        json::object const invites_stranger{{"room_alias_name", "lab"}, {"invite", {"@nobody:demo.local"}}};
        CHECK(ann.post("/createRoom", invites_stranger).errcode() == "M_NOT_FOUND");
        CHECK(ann.post("/createRoom", {{"invite", {"@x:elsewhere.org"}}}).errcode() == "M_FORBIDDEN");
        CHECK(ann.post("/createRoom", {{"room_version", "9"}}).errcode() == "M_UNSUPPORTED_ROOM_VERSION");
        CHECK(ann.post("/createRoom", {{"preset", "nonsense"}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/createRoom", {{"name", 5}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/createRoom", {{"power_level_content_override", {{"ban", "high"}}}}).errcode() == "M_INVALID_ROOM_STATE");
        CHECK(ann.get("/joined_rooms").body.at("joined_rooms") == json::array());
        CHECK(ann.sync().at("rooms").at("join") == json::object());
        CHECK(ann.post("/createRoom", {{"room_alias_name", "lab"}}).status == 200);
    }

    TEST_CASE("creators of a version 12 room stand above its levels, and nobody unseats them") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const eve = at.add("eve");
        auto const room = ann.make_room({{"room_version", "12"}, {"preset", "public_chat"}});
        CHECK(room.find(':') == std::string::npos);
        bob.join(room);
        eve.join(room);
        auto levels = state(ann, room, "m.room.power_levels").as_object();
        auto const path = room_path(room, "/state/m.room.power_levels");
        // A creator is not among the users.
        levels["users"].as_object()[ann.id] = 100;
        CHECK(ann.put(path, json::value(levels)).errcode() == "M_FORBIDDEN");
        levels["users"].as_object().erase(ann.id);
        levels["users"].as_object()[bob.id] = 9007199254740991;
        CHECK(ann.put(path, json::value(levels)).status == 200);
        CHECK(post_user(bob, room, "kick", ann).errcode() == "M_FORBIDDEN");
        CHECK(post_user(bob, room, "ban", ann).errcode() == "M_FORBIDDEN");
        CHECK(post_user(eve, room, "kick", bob).errcode() == "M_FORBIDDEN");
        CHECK(post_user(ann, room, "kick", bob).status == 200);
        CHECK(eve.put(path, json::value(levels)).errcode() == "M_FORBIDDEN");
        CHECK(ann.put(room_path(room, "/state/m.room.create"), {{"room_version", "12"}, {"x", 1}}).errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("each member of a wish for a room is heard or refused") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room({{"topic", "of the day"}, {"visibility", "public"}});
        auto const topic = state(ann, room, "m.room.topic");
        CHECK(chatrixcd::test::at(topic, "m.topic/m.text/0/body") == "of the day");
        CHECK(state(ann, room, "m.room.join_rules").at("join_rule") == "public");
        CHECK(at.ask(method::get, "/directory/list/room/" + escaped(room)).text("visibility") == "public");
        json::object const third{{"id_server", "id.example.org"}, {"medium", "email"}, {"address", "x@example.org"}};
        CHECK(ann.post("/createRoom", {{"invite_3pid", json::array{third}}}).errcode() == "M_THREEPID_DENIED");
        CHECK(ann.post("/createRoom", {{"room_version", "13"}}).errcode() == "M_UNSUPPORTED_ROOM_VERSION");
        CHECK(ann.post("/createRoom", {{"preset", "party"}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/createRoom", {{"visibility", "secret"}}).errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("a private room needs an invite, a public one does not") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room();
        CHECK(bob.post("/join/" + escaped(room)).errcode() == "M_FORBIDDEN");
        CHECK(bob.post(room_path(room, "/join")).errcode() == "M_FORBIDDEN");
        ann.invite(room, bob);
        CHECK(bob.post(room_path(room, "/join")).text("room_id") == room);
        // Joining twice is no second event.
        auto const since = std::string(ann.sync().at("next_batch").as_string());
        bob.join(room);
        CHECK(ann.sync(since).at("rooms").at("join") == json::object());
        CHECK(bob.post("/join/" + escaped("#nothing:demo.local")).errcode() == "M_NOT_FOUND");
        CHECK(bob.post("/join/" + escaped("!nothing:demo.local")).errcode() == "M_NOT_FOUND");
    }

    TEST_CASE("the members of another room may join a restricted one") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const eve = at.add("eve");
        auto const club = ann.make_room({{"preset", "public_chat"}});
        json::object const allowed{{"type", "m.room_membership"}, {"room_id", club}};
        json::object const rules{{"join_rule", "restricted"}, {"allow", json::array{allowed}}};
        auto const room = ann.make_room({{"initial_state", json::array{{{"type", "m.room.join_rules"}, {"content", rules}}}}});
        bob.join(club);
        bob.join(room);
        CHECK(state(ann, room, "m.room.member/" + bob.id).at("join_authorised_via_users_server") == json::value(ann.id));
        CHECK(eve.post("/join/" + escaped(room)).errcode() == "M_FORBIDDEN");
        CHECK(bob.put("/profile/" + bob.id + "/displayname", {{"displayname", "Bob"}}).status == 200);
        CHECK(state(ann, room, "m.room.member/" + bob.id).at("displayname") == "Bob");
    }

    TEST_CASE("kick, ban and unban do what they say, and no more") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        CHECK(post_user(ann, room, "kick", bob).errcode() == "M_FORBIDDEN");
        bob.join(room);
        CHECK(post_user(ann, room, "kick", bob).status == 200);
        bob.join(room);
        CHECK(post_user(ann, room, "ban", bob).status == 200);
        CHECK(bob.post("/join/" + escaped(room)).errcode() == "M_FORBIDDEN");
        CHECK(members(ann, room, "?membership=ban") == names{bob.id});
        // Kicking the banned would lift the ban.
        CHECK(post_user(ann, room, "kick", bob).errcode() == "M_FORBIDDEN");
        CHECK(post_user(bob, room, "unban", bob).errcode() == "M_FORBIDDEN");
        CHECK(post_user(ann, room, "unban", bob).status == 200);
        bob.join(room);
        CHECK(members(ann, room, "?not_membership=leave") == names{ann.id, bob.id});
        CHECK(post_user(ann, room, "unban", bob).errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("a room is forgotten only after leaving, and comes back by joining") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        CHECK(bob.post(room_path(room, "/forget")).status == 400);
        bob.leave(room);
        CHECK(bob.get(room_path(room, "/messages?dir=b")).status == 200);
        CHECK(bob.post(room_path(room, "/forget")).status == 200);
        CHECK(bob.get(room_path(room, "/messages?dir=b")).errcode() == "M_FORBIDDEN");
        CHECK(bob.get(room_path(room, "/state")).errcode() == "M_FORBIDDEN");
        bob.join(room);
        CHECK(bob.get(room_path(room, "/messages?dir=b")).status == 200);
        CHECK(each(bob.get(room_path(room, "/state")).body, "type").size() > 4);
    }

    TEST_CASE("inviting somebody who does not exist, or lives elsewhere, is refused by every way") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        CHECK(ann.post(room_path(room, "/invite"), {{"user_id", "@nobody:demo.local"}}).errcode() == "M_NOT_FOUND");
        CHECK(ann.post(room_path(room, "/invite"), {{"user_id", "@x:elsewhere.org"}}).errcode() == "M_FORBIDDEN");
        CHECK(ann.post(room_path(room, "/invite"), {{"user_id", "nonsense"}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.post(room_path(room, "/invite")).errcode() == "M_MISSING_PARAM");
        CHECK(ann.put(room_path(room, "/state/m.room.member/@x:elsewhere.org"), {{"membership", "invite"}}).errcode() == "M_FORBIDDEN");
    }
}
