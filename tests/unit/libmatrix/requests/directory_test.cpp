// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/url.hpp>
#include <chatrixcd/matrix/directory.hpp>
#include <chatrixcd/matrix/room_settings.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::event_id;
using matrix::room_alias;
using matrix::room_id;
using matrix::room_query;
using matrix::user_id;

namespace {

constexpr char const* v3 = "/_matrix/client/v3";
constexpr char const* v1 = "/_matrix/client/v1";
std::string const alias_path = std::string(v3) + "/directory/room/%23hall%3Atest";

}  // namespace

TEST_SUITE("matrix::directory") {
    TEST_CASE("an alias leads to its room and the servers that may let us in") {
        scripted_world s;
        auto wanted = matrix::new_room().alias("hall");
        auto const room = s.run(s.bot->create_room(std::move(wanted))).value();
        auto const found = s.run(s.bot->directory().resolve(room_alias("#hall:test"))).value();
        CHECK(found.room == room);
        CHECK(found.servers == std::vector<std::string>{"test"});
        CHECK(s.run(s.bot->directory().resolve(room_alias("#nowhere:test"))).error().kind() == error_kind::not_found);
    }

    TEST_CASE("an alias that is taken is fine if it leads to this room") {
        scripted_world s;
        s.on(method::put, alias_path, R"({"errcode":"M_UNKNOWN","error":"taken"})", 409);
        s.on(method::get, alias_path, R"({"room_id":"!a:test","servers":["test",7]})");
        CHECK(s.run(s.bot->directory().set_alias(room_alias("#hall:test"), room_id("!a:test"))));
        CHECK(s.run(s.bot->directory().set_alias(room_alias("#hall:test"), room_id("!b:test"))).error().kind() == error_kind::conflict);
    }

    TEST_CASE("aliases are removed and listed") {
        scripted_world s;
        s.on(method::delete_, alias_path, "{}");
        s.on(method::get, std::string(v3) + "/rooms/%21r%3Atest/aliases", R"({"aliases":["#a:test","nonsense",7,"#b:test"]})");
        CHECK(s.run(s.bot->directory().remove_alias(room_alias("#hall:test"))));
        CHECK(s.run(s.bot->directory().aliases(room_id("!r:test"))).value().size() == 2);
    }

    TEST_CASE("rooms are published and hidden") {
        scripted_world s;
        auto const path = std::string(v3) + "/directory/list/room/%21r%3Atest";
        s.on(method::put, path, "{}");
        s.on(method::get, path, R"({"visibility":"public"})");
        CHECK(s.run(s.bot->directory().publish(room_id("!r:test"), true)));
        CHECK(s.last_body(path).at("visibility") == "public");
        CHECK(s.run(s.bot->directory().is_published(room_id("!r:test"))).value());
        CHECK(s.run(s.bot->directory().publish(room_id("!r:test"), false)));
        CHECK(s.last_body(path).at("visibility") == "private");
    }

    TEST_CASE("public rooms come page by page, with the filter, and as far as somebody reads") {
        scripted_world s;
        auto const path = std::string(v3) + "/publicRooms";
        s.on(method::post, path, R"({"chunk":[{"room_id":"!a:test","name":"A","num_joined_members":3,"world_readable":true,"x":1},
            {"room_id":"nonsense"},7],"next_batch":"p2"})");
        s.on(method::post, path, R"({"chunk":[{"room_id":"!b:test","join_rule":"knock","room_type":"m.space"}]})");
        auto list = s.bot->directory().public_rooms(room_query().server("elsewhere").containing("tea").of_type("m.space").of_type(""));
        auto const first = s.run(list.next()).value();
        REQUIRE(first.size() == 1);
        CHECK(first[0].joined_members == 3);
        CHECK(first[0].join_rule == "public");
        CHECK(first[0].raw->contains("x"));
        CHECK_FALSE(list.done());
        CHECK(s.seen(path).size() == 1);
        CHECK(s.last(path).query() == "server=elsewhere");
        CHECK(text_of(s.last_body(path)) == R"({"limit":50,"filter":{"generic_search_term":"tea","room_types":["m.space",null]}})");
        auto const second = s.run(list.next()).value();
        REQUIRE(second.size() == 1);
        CHECK(second[0].join_rule == "knock");
        CHECK(s.last_body(path).at("since") == "p2");
        CHECK(list.done());
        CHECK(s.run(list.next()).value().empty());
        CHECK(s.seen(path).size() == 2);
    }

    TEST_CASE("a list that goes in circles ends") {
        scripted_world s;
        auto const path = std::string(v3) + "/publicRooms";
        s.on(method::post, path, R"({"chunk":[{"room_id":"!a:test"}],"next_batch":"again"})");
        auto list = s.bot->directory().public_rooms();
        CHECK(s.run(list.all(100)).value().size() == 2);
        auto small = s.bot->directory().public_rooms();
        CHECK(s.run(small.all(1)).error().kind() == error_kind::too_large);
    }

    TEST_CASE("a list of empty pages is given up") {
        scripted_world s;
        auto const path = std::string(v3) + "/publicRooms";
        for (int i = 0; i < 150; ++i) s.on(method::post, path, R"({"chunk":[],"next_batch":")" + std::to_string(i) + "\"}");
        auto list = s.bot->directory().public_rooms();
        CHECK(s.run(list.all(100)).error().kind() == error_kind::too_large);
    }

    TEST_CASE("an error does not lose the place in a list") {
        scripted_world s;
        auto const path = std::string(v3) + "/publicRooms";
        s.on(method::post, path, R"({"errcode":"M_FORBIDDEN","error":"not now"})", 403);
        s.on(method::post, path, R"({"chunk":[{"room_id":"!a:test"}]})");
        auto list = s.bot->directory().public_rooms();
        CHECK(s.run(list.next()).error().kind() == error_kind::forbidden);
        CHECK(s.run(list.next()).value().size() == 1);
    }

    TEST_CASE("a summary is asked for by the newer path, then by the older, then it is not supported") {
        scripted_world s;
        auto const newer = std::string(v1) + "/room_summary/%23hall%3Atest";
        std::string const older = "/_matrix/client/unstable/im.nheko.summary/summary/%23hall%3Atest";
        s.unknown(method::get, newer);
        s.on(method::get, older, R"({"room_id":"!a:test","im.nheko.summary.room_version":"10"})");
        s.on(method::get, older, R"({"errcode":"M_UNRECOGNIZED","error":"?"})", 404);
        auto const found = s.run(s.bot->directory().summary("#hall:test", {"one"})).value();
        CHECK(found.version == "10");
        CHECK(s.last(older).query() == "via=one");
        auto const none = s.run(s.bot->directory().summary("#hall:test"));
        CHECK(none.error().message() == "the homeserver does not support room summaries");
        CHECK(s.seen(newer).size() == 1);
    }

    TEST_CASE("the rooms of a space, with what it says of its children") {
        scripted_world s;
        auto const path = std::string(v1) + "/rooms/%21space%3Atest/hierarchy";
        s.on(method::get, path, R"({"rooms":[{"room_id":"!space:test","room_type":"m.space","children_state":[
            {"type":"m.space.child","state_key":"!a:test","content":{"via":["test"],"suggested":true,"order":"1"}},
            {"type":"m.space.child","state_key":"!gone:test","content":{}},{"type":"m.space.child","state_key":"x","content":{"via":["y"]}},7]}]})");
        auto list = s.bot->directory().hierarchy(room_id("!space:test"), 2, true);
        auto const rooms = s.run(list.all(10)).value();
        REQUIRE(rooms.size() == 1);
        REQUIRE(rooms[0].children.size() == 1);
        CHECK(rooms[0].children[0].room.str() == "!a:test");
        CHECK(rooms[0].children[0].suggested);
        CHECK(s.last(path).query() == "limit=50&max_depth=2&suggested_only=true");
    }

    TEST_CASE("an upgrade names the new room, and is not repeated after a lost answer") {
        scripted_world s;
        auto const path = std::string(v3) + "/rooms/%21old%3Atest/upgrade";
        s.on(method::post, path, R"({"replacement_room":"!new"})");
        s.on(method::post, path, fault::drop_after());
        CHECK(s.run(s.bot->directory().upgrade(room_id("!old:test"), "12", {user_id("@a:test")})).value().str() == "!new");
        CHECK(text_of(s.last_body(path)) == R"({"new_version":"12","additional_creators":["@a:test"]})");
        CHECK(s.run(s.bot->directory().upgrade(room_id("!old:test"), "12")).error().kind() == error_kind::timeout_unknown);
        CHECK(s.seen(path).size() == 2);
    }
}

TEST_SUITE("matrix::room_settings") {
    TEST_CASE("settings become the room's state") {
        scripted_world s;
        auto const id = s.run(s.bot->create_room(matrix::new_room())).value();
        auto const room = s.bot->room(id);
        CHECK(s.run(room.settings().set_name("Hall")));
        CHECK(s.run(room.settings().set_topic("talk")));
        CHECK(s.run(room.settings().set_avatar("mxc://test/a")));
        CHECK(s.run(room.settings().set_join_rule(matrix::join_rule::knock)));
        CHECK(s.run(room.settings().set_history_visibility(matrix::history_visibility::invited)));
        CHECK(s.run(room.settings().allow_guests(false)));
        CHECK(s.run(room.settings().pin({event_id("$a"), event_id("$b")})));
        CHECK(s.run(room.settings().set_server_acl({"*"}, {"*.evil"})));
        auto const is = [&](std::string const& type, std::string_view content) {
            auto const found = s.run(room.state(type));
            return found && text_of(found->content()) == content;
        };
        s.w.until([&] { return is("m.room.server_acl", R"({"allow":["*"],"allow_ip_literals":false,"deny":["*.evil"]})"); });
        CHECK(is("m.room.name", R"({"name":"Hall"})"));
        CHECK(is("m.room.topic", R"({"topic":"talk"})"));
        CHECK(is("m.room.avatar", R"({"url":"mxc://test/a"})"));
        CHECK(is("m.room.join_rules", R"({"join_rule":"knock"})"));
        CHECK(is("m.room.history_visibility", R"({"history_visibility":"invited"})"));
        CHECK(is("m.room.guest_access", R"({"guest_access":"forbidden"})"));
        CHECK(is("m.room.pinned_events", R"({"pinned":["$a","$b"]})"));
    }

    TEST_CASE("an ACL that would lock out everybody is not sent") {
        scripted_world s;
        auto const refused = s.run(s.bot->room(room_id("!r:test")).settings().set_server_acl({}, {"*"}));
        CHECK(refused.error().kind() == error_kind::invalid);
    }
}

}  // namespace chatrixcd::test
