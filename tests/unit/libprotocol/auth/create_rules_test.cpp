// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "room_fixture.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

std::string create(room_version const& version, std::string_view content, json::object more = {}) {
    more.emplace("type", "m.room.create");
    more.emplace("state_key", "");
    more.emplace("sender", "@creator:a");
    if (!version.room_id_is_create_hash) more.emplace("room_id", "!r:a");
    auto const outcome = authorize(make_event(version, std::move(more), content), auth_state(), {});
    return outcome ? "allowed" : outcome.error().message();
}

}  // namespace

TEST_SUITE("auth rules: m.room.create") {
    TEST_CASE("a well-formed one is allowed") {
        CHECK(create(room_versions::v10, R"({"creator":"@creator:a","room_version":"10"})") == "allowed");
        CHECK(create(room_versions::v11, R"({"room_version":"11"})") == "allowed");
        CHECK(create(room_versions::v12, R"({"room_version":"12","additional_creators":["@b:b"]})") == "allowed");
    }

    TEST_CASE("it is the first event") {
        for (auto const* version : {&room_versions::v10, &room_versions::v11, &room_versions::v12}) {
            auto const outcome = create(*version, R"({"creator":"@creator:a"})", {{"prev_events", json::array{"$x"}}});
            CHECK(outcome == "m.room.create: it has previous events");
        }
    }

    TEST_CASE("the room id is of the sender's server, or no member at all") {
        CHECK(create(room_versions::v11, "{}", {{"room_id", "!r:b"}}) == "m.room.create: the room id is not of the sender's server");
        CHECK(create(room_versions::v11, "{}", {{"room_id", "!r"}}) == "m.room.create: the room id is not of the sender's server");
        CHECK(create(room_versions::v12, "{}", {{"room_id", "!r:a"}}) == "m.room.create: it has a room_id, which is its hash");
    }

    TEST_CASE("the room version is one we know") {
        for (auto const* content : {R"({"creator":"@creator:a","room_version":"x"})", R"({"creator":"@creator:a","room_version":11})"})
            for (auto const* version : {&room_versions::v10, &room_versions::v11, &room_versions::v12})
                CHECK(create(*version, content) == "m.room.create: the room version is not known");
    }

    TEST_CASE("creators are named as the version wants") {
        CHECK(create(room_versions::v10, "{}") == "m.room.create: creator is missing");
        CHECK(create(room_versions::v11, "{}") == "allowed");
        CHECK(create(room_versions::v11, R"({"additional_creators":7})") == "allowed");
        CHECK(create(room_versions::v12, R"({"additional_creators":"@b:b"})") == "m.room.create: additional_creators is not an array");
        CHECK(create(room_versions::v12, R"({"additional_creators":["b"]})") ==
              "m.room.create: an entry of additional_creators is not a user id");
    }
}
