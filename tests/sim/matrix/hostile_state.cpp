// SPDX-License-Identifier: Apache-2.0
// Room state that we do not understand, or that nobody could.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;

namespace {

// Puts a state event into the room's section of every sync answer, once.
fault with_state(std::string room, std::string type, std::string key, std::string content) {
    auto const event = R"({"type":")" + type + R"(","state_key":")" + key + R"(","sender":"@ann:test","event_id":"$state)" + type +
                       R"(","origin_server_ts":1,"content":)" + content + "}";
    return fault::lie("odd state", [room = std::move(room), event](boost::json::object& whole) {
        auto made = base::parse_json(event).value();
        auto& rooms = whole["rooms"];
        if (!rooms.is_object()) rooms = boost::json::object();
        auto& joined = rooms.get_object()["join"];
        if (!joined.is_object()) joined = boost::json::object();
        auto& section = joined.get_object()[room];
        if (!section.is_object()) section = boost::json::object();
        auto& state = section.get_object()["state"];
        state = boost::json::object();
        state.get_object()["events"].emplace_array().push_back(std::move(made));
    });
}

}  // namespace

TEST_SUITE("matrix::hostile state") {
    TEST_CASE("a room of an unknown version, or whose state makes no sense, is served like any other") {
        struct row {
            char const* type;
            char const* key;
            char const* content;
        };
        row const rows[] = {
            {"m.room.create", "", R"({"room_version":"org.example.999"})"},
            {"m.room.create", "", R"({"room_version":12})"},
            {"m.room.create", "", R"({"room_version":{"a":[]},"creator":7,"additional_creators":"@x"})"},
            {"m.room.create", "", R"({"predecessor":{"room_id":7,"event_id":[]}})"},
            {"m.room.power_levels", "", R"({"users":[],"events":7,"users_default":"100","ban":1e99,"kick":{}})"},
            {"m.room.power_levels", "", R"({"users":{"no user":5,"@bot:test":"9223372036854775808","@ann:test":-5.5}})"},
            {"m.room.member", "", R"({"membership":"join"})"},
            {"m.room.member", "no user", R"({"membership":"join","displayname":7})"},
            {"m.room.member", "@bot:test", R"({"membership":["join"]})"},
            {"m.room.name", "", R"({"name":{"a":1}})"},
            {"m.room.canonical_alias", "", R"({"alias":"no alias","alt_aliases":[7,"#"]})"},
            {"m.room.tombstone", "", R"({"replacement_room":"no room","body":7})"},
            {"m.space.child", "no room", R"({"via":"x"})"},
        };
        for (auto const& row : rows) {
            INFO(row.type, " ", row.content);
            echo_rig r;
            r.open();
            r.command();
            auto const rule = r.faults().on("/sync").does(with_state(r.room, row.type, row.key, row.content));
            r.w.pass(2min);
            CHECK(rule.hits() > 0);
            auto const room = r.bot->room(matrix::room_id(r.room));
            (void)r.w.run(room.name());
            (void)r.w.run(room.members());
            CHECK(r.w.run(r.bot->rooms()).size() == 1);
            r.command();
            r.expect_each_once();
            // And once more from what was stored.
            r.close();
            r.open();
            r.expect_each_once();
        }
    }

    TEST_CASE("a room that is said to be encrypted, in whatever way, hears nothing in clear any more") {
        for (auto const* content : {R"({"algorithm":7})", "{}", R"({"algorithm":"org.example.rot13"})"}) {
            INFO(content);
            echo_rig r;
            r.open();
            r.command();
            r.w.pass(2min);
            auto const rule = r.faults().on("/sync").does(with_state(r.room, "m.room.encryption", "", content));
            r.w.pass(2min);
            CHECK(rule.hits() > 0);
            // Nor once the homeserver says so no more, nor from what was stored.
            r.w.network->calm();
            r.command();
            r.w.pass(5min);
            r.close();
            r.open();
            r.command();
            r.w.pass(5min);
            CHECK(r.ann.bodies(r.room, r.account.id()) == strings{"echo: c1"});
            CHECK(r.logged("the room is encrypted, and this client is set up without encryption") > 0);
            CHECK_FALSE(r.bot->failure());
        }
    }
}

}  // namespace chatrixcd::test
