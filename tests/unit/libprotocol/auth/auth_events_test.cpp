// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <boost/json/object.hpp>
#include <set>
#include <vector>

#include "golden.hpp"
#include "room_fixture.hpp"

using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

using slots = std::set<state_slot>;

slots selected(room_version const& version, std::string_view type, std::optional<std::string_view> state_key, std::string_view content) {
    auto const list = auth_slots(version, type, user_id("@s:a"), state_key, object_of(content));
    slots const unique(list.begin(), list.end());
    CHECK(unique.size() == list.size());
    return unique;
}

state_slot const create{"m.room.create", ""};
state_slot const levels{"m.room.power_levels", ""};
state_slot const rules{"m.room.join_rules", ""};
state_slot member(std::string user) { return {"m.room.member", std::move(user)}; }

}  // namespace

TEST_SUITE("auth events") {
    TEST_CASE("the selection follows the specification") {
        auto const& v11 = room_versions::v11;
        CHECK(selected(v11, "m.room.create", "", "{}").empty());
        CHECK(selected(v11, "m.room.message", {}, "{}") == slots{create, levels, member("@s:a")});
        CHECK(selected(room_versions::v12, "m.room.message", {}, "{}") == slots{levels, member("@s:a")});
        CHECK(selected(v11, "m.room.member", "@t:b", R"({"membership":"ban"})") == slots{create, levels, member("@s:a"), member("@t:b")});
        CHECK(selected(v11, "m.room.member", "@t:b", R"({"membership":"invite"})") ==
              slots{create, levels, rules, member("@s:a"), member("@t:b")});
        CHECK(selected(v11, "m.room.member", "@s:a", R"({"membership":"join"})") == slots{create, levels, rules, member("@s:a")});
        CHECK(selected(v11, "m.room.member", "@s:a", R"({"membership":"knock"})") == slots{create, levels, rules, member("@s:a")});
        CHECK(selected(v11, "m.room.member", "@s:a", R"({"membership":"join","join_authorised_via_users_server":"@i:c"})") ==
              slots{create, levels, rules, member("@s:a"), member("@i:c")});
        CHECK(selected(v11, "m.room.member", "@t:b", R"({"membership":"invite","third_party_invite":{"signed":{"token":"k"}}})") ==
              slots{create, levels, rules, member("@s:a"), member("@t:b"), {"m.room.third_party_invite", "k"}});
    }

    TEST_CASE("malformed content selects nothing") {
        auto const& v11 = room_versions::v11;
        CHECK(selected(v11, "m.room.member", "@s:a", R"({"membership":7})") == slots{create, levels, member("@s:a")});
        CHECK(selected(v11, "m.room.member", {}, R"({"membership":"join"})") == slots{create, levels, member("@s:a")});
        CHECK(selected(v11, "m.room.member", "@s:a",
                       R"({"membership":"invite","third_party_invite":[],"join_authorised_via_users_server":"@i:c"})") ==
              slots{create, levels, rules, member("@s:a")});
    }

    TEST_CASE("an event's auth events are what it needs, once, accepted, and of its room") {
        room_fixture room(room_versions::v11);
        room.set_levels("{}");
        room.set_join_rule("public");
        auto const event = room.event("@creator:a", "m.room.message", std::nullopt, "{}");
        auto const at = [&](std::string_view type, std::string_view key) { return auth_event{*room.state.find(type, key)}; };
        std::vector<auth_event> const right{at("m.room.create", ""), at("m.room.power_levels", ""), at("m.room.member", "@creator:a")};
        CHECK(why(check_auth_events(event, right)) == "allowed");

        auto given = right;
        given.push_back(at("m.room.join_rules", ""));
        CHECK(why(check_auth_events(event, given)) == "m.room.message: an auth event is not needed");
        given = right;
        given.push_back(right.back());
        CHECK(why(check_auth_events(event, given)) == "m.room.message: two auth events are for the same state");
        given = right;
        given.back().rejected = true;
        CHECK(why(check_auth_events(event, given)) == "m.room.message: an auth event was itself rejected");
        given = right;
        given.erase(given.begin());
        CHECK(why(check_auth_events(event, given)) == "m.room.message: no auth event is the create event");
        given = right;
        room.room = "!other:a";
        given.back().event = room.member("@creator:a", "@creator:a", "join");
        CHECK(why(check_auth_events(event, given)) == "m.room.message: an auth event is of another room");
        given.back().event = event;
        CHECK(why(check_auth_events(event, given)) == "m.room.message: an auth event is no state event");
    }

    TEST_CASE("in version 12 the create event is nobody's auth event") {
        room_fixture const room(room_versions::v12);
        auto const event = room.event("@creator:a", "m.room.message", std::nullopt, "{}");
        std::vector<auth_event> given{auth_event{*room.state.find("m.room.member", "@creator:a")}};
        CHECK(why(check_auth_events(event, given)) == "allowed");
        given.push_back(auth_event{*room.state.find("m.room.create", "")});
        CHECK(why(check_auth_events(event, given)) == "m.room.message: an auth event is not needed");
    }
}
