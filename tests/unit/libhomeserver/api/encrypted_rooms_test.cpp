// SPDX-License-Identifier: Apache-2.0
// To a server encryption is a state event like others; everybody who looks at a room sees it.
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;
constexpr auto algorithm = "m.megolm.v1.aes-sha2";

json::object encrypted_room(std::string_view preset) {
    json::object event{{"type", "m.room.encryption"}, {"state_key", ""}, {"content", {{"algorithm", algorithm}}}};
    return {{"preset", preset}, {"initial_state", json::array{event}}};
}

}  // namespace

TEST_SUITE("homeserver::encrypted rooms") {
    TEST_CASE("a room is encrypted from its beginning or from some day on, and its members are told so") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room(encrypted_room("private_chat"));
        CHECK(ann.get("/rooms/" + escaped(room) + "/state/m.room.encryption").text("algorithm") == algorithm);
        CHECK(ann.get("/rooms/" + escaped(room) + "/state/m.room.encryption/").text("algorithm") == algorithm);
        ann.invite(room, bob);
        auto const invited = chatrixcd::test::at(bob.sync(), "rooms/invite/" + room + "/invite_state/events");
        CHECK(std::ranges::count(each(invited, "type"), "m.room.encryption") == 1);
        bob.join(room);
        auto const whole = bob.sync("", "&use_state_after=true");
        CHECK(std::ranges::count(each(chatrixcd::test::at(whole, "rooms/join/" + room + "/state_after/events"), "type"),
                                 "m.room.encryption") == 1);

        auto const plain = ann.make_room({{"preset", "public_chat"}});
        bob.join(plain);
        auto const since = std::string(bob.sync().at("next_batch").as_string());
        ann.set_state(plain, "m.room.encryption", "", {{"algorithm", algorithm}});
        CHECK(each(chatrixcd::test::at(bob.sync(since), "rooms/join/" + plain + "/timeline/events"), "type") == names{"m.room.encryption"});
        // Below the level for it, it is refused as any other.
        CHECK(bob.put("/rooms/" + escaped(plain) + "/state/m.room.encryption", {{"algorithm", "another"}}).status == 403);
    }

    TEST_CASE("an encrypted event reaches the others as it was sent") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room(encrypted_room("public_chat"));
        auto const since = std::string(ann.sync().at("next_batch").as_string());
        json::object const content{{"algorithm", algorithm},
                                   {"ciphertext", "AwgAEnACgAkLmt6qF84IK++J7UDH2Za1YVchHyprqTqsg"},
                                   {"device_id", ann.device},
                                   {"sender_key", "IlRMeOPX2e0MurIyfWEucYBRVOEEUMrOHqn/8mLqMjA"},
                                   {"session_id", "X3lUlvLELLYxe"}};
        CHECK(ann.put("/rooms/" + escaped(room) + "/send/m.room.encrypted/t", json::value(content)).status == 200);
        auto const event = chatrixcd::test::at(ann.sync(since), "rooms/join/" + room + "/timeline/events/0");
        CHECK(event.at("content") == json::value(content));
        CHECK(event.at("unsigned").at("transaction_id") == json::value("t"));
    }

    TEST_CASE("summary and hierarchy name the algorithm of an encrypted room, and none of another") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room(encrypted_room("public_chat"));
        auto const plain = ann.make_room({{"preset", "public_chat"}});
        auto const space = ann.make_room({{"preset", "public_chat"}, {"creation_content", {{"type", "m.space"}}}});
        for (auto const& child : {room, plain}) ann.set_state(space, "m.space.child", child, {{"via", json::array{"demo.local"}}});
        auto const summary = [&](std::string const& of) { return bob.get("/_matrix/client/v1/room_summary/" + escaped(of)).body; };
        CHECK(summary(room).at("encryption") == json::value(algorithm));
        CHECK(!summary(plain).as_object().contains("encryption"));
        auto const tree = bob.get("/_matrix/client/v1/rooms/" + escaped(space) + "/hierarchy").body;
        std::size_t encrypted = 0;
        for (auto const& one : tree.at("rooms").as_array()) {
            auto const* named = one.as_object().if_contains("encryption");
            CHECK((named != nullptr) == (one.at("room_id") == json::value(json::string(room))));
            if (named != nullptr) ++encrypted;
        }
        CHECK(encrypted == 1);
    }
}
