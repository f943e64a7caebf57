// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;

std::string make_space(person const& by, std::string const& name, std::string const& preset = "public_chat") {
    return by.make_room({{"preset", preset}, {"name", name}, {"creation_content", {{"type", "m.space"}}}});
}

void put_child(person const& by, std::string const& space, std::string const& child, json::object content = {}) {
    content["via"] = json::array{"demo.local"};
    by.set_state(space, "m.space.child", child, std::move(content));
}

std::string tree(std::string const& space) { return "/_matrix/client/v1/rooms/" + escaped(space) + "/hierarchy"; }

}  // namespace

TEST_SUITE("homeserver::spaces") {
    TEST_CASE("a space shows the rooms below it that one may see, in their order, each once, also in a circle") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const root = make_space(ann, "root");
        auto const inner = make_space(ann, "inner");
        auto const first = ann.make_room({{"preset", "public_chat"}});
        auto const last = ann.make_room({{"preset", "public_chat"}});
        auto const secret = ann.make_room({{"preset", "private_chat"}});
        put_child(ann, root, last);
        put_child(ann, root, inner, {{"order", "b"}, {"suggested", true}});
        put_child(ann, root, first, {{"order", "a"}});
        put_child(ann, root, secret, {{"order", "c"}});
        put_child(ann, inner, root);
        ann.set_state(root, "m.space.child", "!gone:demo.local", json::object());

        auto const seen = bob.get(tree(root));
        CHECK(each(seen.body.at("rooms"), "room_id") == names{root, first, inner, last});
        CHECK(seen.text("rooms/0/room_type") == "m.space");
        CHECK(each(chatrixcd::test::at(seen.body, "rooms/0/children_state"), "state_key") == names{first, inner, secret, last});
        CHECK(chatrixcd::test::at(seen.body, "rooms/0/children_state/0/origin_server_ts").is_int64());
        CHECK(each(ann.get(tree(root)).body.at("rooms"), "room_id") == names{root, first, inner, secret, last});
        CHECK(each(bob.get(tree(root) + "?suggested_only=true").body.at("rooms"), "room_id") == names{root, inner});
        CHECK(each(bob.get(tree(root) + "?max_depth=0").body.at("rooms"), "room_id") == names{root});
    }

    TEST_CASE("the tree comes in pages, and a token of another question is refused") {
        rig at;
        auto const ann = at.add("ann");
        auto const root = make_space(ann, "root");
        names all{root};
        for (int i = 0; i < 5; ++i) {
            auto const child = ann.make_room({{"preset", "public_chat"}});
            put_child(ann, root, child, {{"order", std::string(1, static_cast<char>('a' + i))}});
            all.push_back(child);
        }
        names got;
        std::string from;
        for (int pages = 0; pages < 10; ++pages) {
            auto const page = ann.get(tree(root) + "?limit=2" + (from.empty() ? "" : "&from=" + from));
            REQUIRE(page.status == 200);
            for (auto& id : each(page.body.at("rooms"), "room_id")) got.push_back(std::move(id));
            from = page.text("next_batch");
            if (from.empty()) break;
        }
        CHECK(got == all);
        auto const token = ann.get(tree(root) + "?limit=2").text("next_batch");
        CHECK(ann.get(tree(root) + "?limit=2&max_depth=3&from=" + token).errcode() == "M_INVALID_PARAM");
        CHECK(ann.get(tree(root) + "?from=garbage").errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("who may not see a room sees neither tree nor summary") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = make_space(ann, "secret", "private_chat");
        CHECK(bob.get(tree(room)).errcode() == "M_FORBIDDEN");
        CHECK(bob.get(tree("!none:demo.local")).errcode() == "M_FORBIDDEN");
        CHECK(bob.get("/_matrix/client/v1/room_summary/" + escaped(room)).errcode() == "M_NOT_FOUND");
        ann.invite(room, bob);
        CHECK(bob.get("/_matrix/client/v1/room_summary/" + escaped(room)).text("membership") == "invite");
    }

    TEST_CASE("a summary says what a room is, by its alias too, and to nobody in particular if it is open") {
        rig at;
        auto const ann = at.add("ann");
        auto const space = make_space(ann, "space");
        json::object rule{{"join_rule", "knock_restricted"}, {"allow", {{{"type", "m.room_membership"}, {"room_id", space}}}}};
        json::object const state{{"type", "m.room.join_rules"}, {"content", rule}};
        auto const room = ann.make_room({{"initial_state", json::array{state}}, {"room_alias_name", "den"}, {"room_version", "12"}});
        auto const path = "/_matrix/client/v1/room_summary/" + escaped("#den:demo.local");
        auto const told = ann.get(path);
        CHECK(told.text("room_id") == room);
        CHECK(told.text("membership") == "join");
        CHECK(told.text("room_version") == "12");
        CHECK(told.text("join_rule") == "knock_restricted");
        CHECK(told.text("allowed_room_ids/0") == space);
        auto const anonymous = at.ask(method::get, path);
        CHECK(anonymous.status == 200);
        CHECK(!anonymous.object().contains("membership"));
        CHECK(at.ask(method::get, path, std::string(), "nonsense").errcode() == "M_UNKNOWN_TOKEN");
    }
}
