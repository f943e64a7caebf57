// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/power_levels.hpp>

#include <doctest/doctest.h>
#include <boost/json/value.hpp>

#include "golden.hpp"

using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

user_id const creator("@creator:a");
user_id const other("@other:a");

result<power_levels> parse(std::string_view content, room_version const& version = room_versions::v11) {
    return power_levels::parse(object_of(content), version, {creator});
}

}  // namespace

TEST_SUITE("power levels") {
    TEST_CASE("defaults with an empty event") {
        auto const levels = parse("{}").value();
        CHECK(levels.level_of(creator) == 0);
        CHECK(levels.required_for("m.room.message", false) == 0);
        CHECK(levels.required_for("m.room.topic", true) == 50);
        CHECK(levels.ban() == 50);
        CHECK(levels.kick() == 50);
        CHECK(levels.redact() == 50);
        CHECK(levels.invite() == 0);
        CHECK(levels.notification("room") == 50);
    }

    TEST_CASE("without the event the creator has 100") {
        auto const levels = power_levels::without_event(room_versions::v11, {creator});
        CHECK(levels.level_of(creator) == 100);
        CHECK(levels.level_of(other) == 0);
        CHECK(levels.required_for("m.room.topic", true) == 50);
    }

    TEST_CASE("what is given counts") {
        auto const levels =
            parse(R"({"users":{"@other:a":-5},"users_default":7,"events":{"x":9},"events_default":1,"state_default":2,"ban":3,
                                      "kick":4,"redact":5,"invite":6,"notifications":{"room":8}})")
                .value();
        CHECK(levels.level_of(other) == -5);
        CHECK(levels.level_of(creator) == 7);
        CHECK(levels.required_for("x", true) == 9);
        CHECK(levels.required_for("y", true) == 2);
        CHECK(levels.required_for("y", false) == 1);
        CHECK(levels.ban() == 3);
        CHECK(levels.kick() == 4);
        CHECK(levels.redact() == 5);
        CHECK(levels.invite() == 6);
        CHECK(levels.notification("room") == 8);
    }

    TEST_CASE("in version 12 creators stand above every number") {
        auto const creators = room_creators(room_versions::v12, creator, object_of(R"({"additional_creators":["@other:a"]})")).value();
        auto const levels =
            power_levels::parse(object_of(R"({"users":{"@max:a":9007199254740991}})"), room_versions::v12, creators).value();
        CHECK(levels.level_of(creator).is_infinite());
        CHECK(levels.level_of(other) == levels.level_of(creator));
        CHECK(levels.level_of(other) > levels.level_of(user_id("@max:a")));
        CHECK(power_levels::without_event(room_versions::v12, creators).level_of(other).is_infinite());
    }

    TEST_CASE("who created the room depends on the version") {
        auto const content = object_of(R"({"creator":"@other:a","additional_creators":["@third:a"]})");
        CHECK(room_creators(room_versions::v10, creator, content).value() == std::vector{other});
        CHECK(room_creators(room_versions::v11, creator, content).value() == std::vector{creator});
        CHECK(room_creators(room_versions::v12, creator, content).value() == std::vector{creator, user_id("@third:a")});
        CHECK_FALSE(room_creators(room_versions::v10, creator, object_of("{}")));
        for (auto const* text : {R"({"additional_creators":"@x:y"})", R"({"additional_creators":[1]})", R"({"additional_creators":["x"]})"})
            CHECK_FALSE(room_creators(room_versions::v12, creator, object_of(text)));
    }

    TEST_CASE("levels that are no integers are refused, with the member's name") {
        for (auto const* key : {"users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"}) {
            for (auto const* level : {"\"50\"", "50.0", "null", "[]"}) {
                auto const refused = parse("{\"" + std::string(key) + "\":" + level + "}");
                REQUIRE_FALSE(refused);
                CHECK(refused.error().message().find(key) != std::string::npos);
            }
        }
        for (auto const* content : {R"({"users":[]})", R"({"users":{"@a:b":"1"}})", R"({"users":{"a":1}})", R"({"events":1})",
                                    R"({"events":{"x":null}})", R"({"notifications":[]})", R"({"notifications":{"room":1.0}})"}) {
            CAPTURE(content);
            CHECK_FALSE(parse(content));
        }
    }

    TEST_CASE("strings are levels only before version 10") {
        CHECK(parse(R"({"ban":" +75 ","users":{"@other:a":"-3"}})", room_versions::v9)->ban() == 75);
        for (auto const* level : {"\"\"", "\" \"", "\"x\"", "\"5 0\"", "\"+-5\"", "\"99999999999999999999\""})
            CHECK_FALSE(parse("{\"ban\":" + std::string(level) + "}", room_versions::v9));
    }
}
