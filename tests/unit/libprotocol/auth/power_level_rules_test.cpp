// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/power_levels.hpp>

#include "golden.hpp"
#include "room_fixture.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

constexpr char const* levels_now =
    R"({"users":{"@creator:a":100,"@mod:a":50,"@peer:a":50,"@low:a":10},"events":{"high":80,"mine":50,"m.room.power_levels":50},
                                       "notifications":{"room":80,"other":20},"ban":80,"kick":50})";

room_fixture moderated(room_version const& version = room_versions::v11) {
    room_fixture room(version);
    room.set_levels(levels_now);
    room.set_member("@mod:a", "join");
    return room;
}

// What @mod:a, at 50, is told after changing one thing; null removes it.
std::string change(std::string_view group, std::string_view key, json::value level) {
    auto content = object_of(levels_now);
    auto& target = group.empty() ? content : content[group].as_object();
    if (level.is_null()) {
        target.erase(key);
    } else {
        target[key] = std::move(level);
    }
    return moderated().send("@mod:a", "m.room.power_levels", "", json::serialize(content));
}

bool is_allowed(std::string const& outcome) { return outcome == "allowed"; }

}  // namespace

TEST_SUITE("auth rules: m.room.power_levels") {
    TEST_CASE("the first one is allowed to whoever may send state") {
        room_fixture room(room_versions::v11);
        CHECK(room.send("@creator:a", "m.room.power_levels", "", R"({"users":{"@creator:a":200}})") == "allowed");
    }

    TEST_CASE("malformed ones are rejected, first or not") {
        for (auto const* content :
             {R"({"ban":"50"})", R"({"users":{"x":1}})", R"({"users":[]})", R"({"events":{"a":null}})", R"({"notifications":1})"}) {
            CAPTURE(content);
            CHECK_FALSE(is_allowed(room_fixture(room_versions::v11).send("@creator:a", "m.room.power_levels", "", content)));
            CHECK_FALSE(is_allowed(moderated().send("@mod:a", "m.room.power_levels", "", content)));
        }
    }

    TEST_CASE("a level changes only at or below the sender's own") {
        CHECK(is_allowed(change("", "kick", 40)));
        CHECK(is_allowed(change("", "kick", nullptr)));
        CHECK(is_allowed(change("", "invite", 50)));
        CHECK(change("", "invite", 51) == "m.room.power_levels: invite is raised above the sender's power level");
        CHECK(change("", "kick", 51) == "m.room.power_levels: kick is raised above the sender's power level");
        CHECK(change("", "ban", 50) == "m.room.power_levels: ban is above the sender's power level");
        CHECK(change("", "ban", nullptr) == "m.room.power_levels: ban is above the sender's power level");
    }

    TEST_CASE("the same for the levels of events and notifications") {
        CHECK(is_allowed(change("events", "new", 50)));
        CHECK(is_allowed(change("events", "mine", nullptr)));
        CHECK(is_allowed(change("notifications", "other", 50)));
        for (auto const* group : {"events", "notifications"}) {
            CHECK_FALSE(is_allowed(change(group, "new", 51)));
            CHECK_FALSE(is_allowed(change(group, group == std::string_view("events") ? "high" : "room", 10)));
            CHECK_FALSE(is_allowed(change(group, group == std::string_view("events") ? "high" : "room", nullptr)));
        }
    }

    TEST_CASE("users below the sender change, equals do not, oneself only downwards") {
        CHECK(is_allowed(change("users", "@low:a", 50)));
        CHECK(is_allowed(change("users", "@low:a", nullptr)));
        CHECK(is_allowed(change("users", "@new:a", 50)));
        CHECK(is_allowed(change("users", "@mod:a", 10)));
        CHECK(is_allowed(change("users", "@mod:a", nullptr)));
        CHECK(change("users", "@low:a", 51) == "m.room.power_levels: the level of a user is raised above the sender's power level");
        CHECK(change("users", "@mod:a", 51) == "m.room.power_levels: the level of a user is raised above the sender's power level");
        CHECK(change("users", "@peer:a", 49) == "m.room.power_levels: the level of a user who is not below the sender is changed");
        CHECK(change("users", "@peer:a", nullptr) == "m.room.power_levels: the level of a user who is not below the sender is changed");
        CHECK(change("users", "@creator:a", 50) == "m.room.power_levels: the level of a user who is not below the sender is changed");
    }

    TEST_CASE("in version 12 creators are given no level, and set any") {
        room_fixture room(room_versions::v12, R"({"additional_creators":["@second:b"]})");
        room.set_member("@second:b", "join");
        for (auto const* content : {R"({"users":{"@creator:a":100}})", R"({"users":{"@second:b":0}})"})
            CHECK(room.send("@creator:a", "m.room.power_levels", "", content) ==
                  "m.room.power_levels: a creator of the room is given a power level");
        auto const* everything = R"({"users":{"@x:a":9007199254740991},"ban":9007199254740991})";
        CHECK(room.send("@second:b", "m.room.power_levels", "", everything) == "allowed");
        room.set_levels(everything);
        CHECK(room.send("@second:b", "m.room.power_levels", "", "{}") == "allowed");
    }

    TEST_CASE("whatever is allowed, nobody gains power over the sender") {
        auto const level = rc::gen::inRange<std::int64_t>(-10, 120);
        auto const room = moderated();
        CHECK(rc::check([&] {
            json::object users;
            for (auto const* user : {"@creator:a", "@mod:a", "@peer:a", "@low:a", "@new:a"}) {
                if (*rc::gen::arbitrary<bool>()) users[user] = *rc::gen::oneOf(level, rc::gen::element<std::int64_t>(10, 50, 100));
            }
            auto content = object_of(levels_now);
            content["users"] = users;
            auto const outcome = room.send("@mod:a", "m.room.power_levels", "", json::serialize(content));
            auto const now = power_levels::parse(object_of(levels_now), room_versions::v11, {}).value();
            auto const then = power_levels::parse(content, room_versions::v11, {}).value();
            if (outcome != "allowed") return;
            for (auto const* name : {"@creator:a", "@peer:a", "@low:a", "@new:a"}) {
                user_id const user(name);
                if (then.level_of(user) != now.level_of(user))
                    RC_ASSERT(now.level_of(user) < power_level(50) && then.level_of(user) <= power_level(50));
            }
            RC_ASSERT(then.level_of(user_id("@mod:a")) <= power_level(50));
        }));
    }
}
