// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <array>
#include <boost/json/object.hpp>

#include "room_fixture.hpp"

using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

constexpr std::array versions{&room_versions::v10, &room_versions::v11, &room_versions::v12};

}  // namespace

TEST_SUITE("auth rules") {
    TEST_CASE("members speak, others do not") {
        for (auto const* version : versions) {
            room_fixture room(*version);
            CHECK(room.send("@creator:a", "m.room.message", std::nullopt, "{}") == "allowed");
            for (auto const* membership : {"leave", "invite", "knock", "ban"}) {
                room.set_member("@user:b", membership);
                CHECK(room.send("@user:b", "m.room.message", std::nullopt, "{}") == "m.room.message: the sender is not in the room");
            }
            CHECK(room.send("@nobody:b", "m.room.message", std::nullopt, "{}") == "m.room.message: the sender is not in the room");
        }
    }

    TEST_CASE("each type takes its level, as state and as a message") {
        for (auto const* version : versions) {
            room_fixture room(*version);
            room.set_member("@user:b", "join");
            CHECK(room.send("@user:b", "m.room.topic", "", "{}") ==
                  "m.room.topic: the sender's power level is too low for this type of event");
            CHECK(room.send("@user:b", "m.room.topic", std::nullopt, "{}") == "allowed");
            CHECK(room.send("@creator:a", "m.room.topic", "", "{}") == "allowed");
            room.set_levels(R"({"events":{"m.room.topic":0,"m.room.redaction":1},"events_default":1,"users":{"@other:b":1}})");
            CHECK(room.send("@user:b", "m.room.topic", "", "{}") == "allowed");
            CHECK(room.send("@user:b", "m.room.message", std::nullopt, "{}") != "allowed");
            CHECK(room.send("@user:b", "m.room.redaction", std::nullopt, R"({"redacts":"$x"})") != "allowed");
        }
    }

    TEST_CASE("a redaction takes the level of its type, not the redact level") {
        room_fixture room(room_versions::v11);
        room.set_member("@user:b", "join");
        CHECK(room.send("@user:b", "m.room.redaction", std::nullopt, R"({"redacts":"$x"})") == "allowed");
    }

    TEST_CASE("a state key that is a user id is the sender's own") {
        room_fixture room(room_versions::v11);
        CHECK(room.send("@creator:a", "x", "@creator:a", "{}") == "allowed");
        CHECK(room.send("@creator:a", "x", "@user:b", "{}") == "x: the state key is another user's id");
        CHECK(room.send("@creator:a", "x", "@", "{}") == "x: the state key is another user's id");
        CHECK(room.send("@creator:a", "x", "_@user:b", "{}") == "allowed");
    }

    TEST_CASE("a room that is not federated is for its own server") {
        for (auto const* version : versions) {
            room_fixture room(*version, R"({"creator":"@creator:a","m.federate":false})");
            room.set_join_rule("public");
            CHECK(room.change("@user:b", "@user:b", "join") ==
                  "m.room.member: the room is not federated, and the sender is of another server");
            CHECK(room.change("@user:a", "@user:a", "join") == "allowed");
            CHECK(room.change("@creator:a", "@user:b", "invite") == "allowed");
        }
    }

    TEST_CASE("nothing is allowed without the room's create event") {
        for (auto const* version : versions) {
            room_fixture room(*version);
            auto const event = room.event("@creator:a", "m.room.message", std::nullopt, "{}");
            room_fixture const other(*version, R"({"creator":"@creator:a","another":"room"})");
            if (version->room_id_is_create_hash) {
                CHECK(other.outcome(event) == "m.room.message: the create event is that of another room");
            } else {
                room.room = "!elsewhere:a";
                CHECK(room.send("@creator:a", "m.room.message", std::nullopt, "{}") ==
                      "m.room.message: the create event is that of another room");
            }
            room.state = auth_state();
            CHECK(room.outcome(event) == "m.room.message: the room has no create event");
        }
    }

    TEST_CASE("a rejection is of the kind forbidden") {
        room_fixture const room(room_versions::v11);
        auto const outcome = authorize(room.event("@nobody:b", "x", std::nullopt, "{}"), room.state, {});
        CHECK(outcome.error().kind() == chatrixcd::base::error_kind::forbidden);
    }
}
