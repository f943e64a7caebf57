// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;
std::string alias_path(std::string const& name) { return "/directory/room/" + escaped("#" + name + ":demo.local"); }

}  // namespace

TEST_SUITE("homeserver::directory") {
    TEST_CASE("an alias is made by a member, found by anybody, and taken back by who made it or has the power") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        CHECK(bob.put(alias_path("ours"), {{"room_id", room}}).status == 200);
        CHECK(at.ask(method::get, alias_path("ours")).text("room_id") == room);
        auto const taken = ann.put(alias_path("ours"), {{"room_id", room}});
        CHECK(taken.status == 409);
        CHECK(taken.errcode() == "M_UNKNOWN");
        CHECK(ann.put(alias_path("mine"), {{"room_id", room}}).status == 200);
        auto const list = "/rooms/" + escaped(room) + "/aliases";
        CHECK(bob.get(list).body.at("aliases") == json::value({"#mine:demo.local", "#ours:demo.local"}));
        CHECK(at.add("eve").get(list).errcode() == "M_FORBIDDEN");
        CHECK(bob.erase(alias_path("mine")).errcode() == "M_FORBIDDEN");
        CHECK(bob.erase(alias_path("ours")).status == 200);
        CHECK(at.ask(method::get, alias_path("ours")).errcode() == "M_NOT_FOUND");
        CHECK(bob.erase(alias_path("ours")).status == 404);
        CHECK(ann.erase(alias_path("mine")).status == 200);
    }

    TEST_CASE("what is no alias of this server, or of no room of one's own, is refused") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room();
        CHECK(ann.put("/directory/room/" + escaped("#x:elsewhere.org"), {{"room_id", room}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put("/directory/room/nonsense", {{"room_id", room}}).errcode() == "M_INVALID_PARAM");
        CHECK(at.ask(method::get, "/directory/room/nonsense").errcode() == "M_INVALID_PARAM");
        CHECK(ann.put(alias_path("x"), json::object()).errcode() == "M_MISSING_PARAM");
        CHECK(bob.put(alias_path("x"), {{"room_id", room}}).errcode() == "M_FORBIDDEN");
        CHECK(ann.put(alias_path("x"), {{"room_id", "!none:demo.local"}}).errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("the directory lists what was made public, page by page, and can be searched") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const big = ann.make_room({{"visibility", "public"}, {"name", "Deployments"}, {"topic", "of the web"}});
        auto const small = ann.make_room({{"visibility", "public"}, {"name", "Tea"}, {"creation_content", {{"type", "m.space"}}}});
        auto const hidden = ann.make_room({{"preset", "public_chat"}, {"name", "Hidden deployments"}});
        bob.join(big);
        auto const all = at.ask(method::get, "/publicRooms");
        CHECK(each(all.body.at("chunk"), "room_id") == names{big, small});
        CHECK(all.text("chunk/0/topic") == "of the web");
        CHECK(all.text("chunk/0/join_rule") == "public");
        CHECK(chatrixcd::test::at(all.body, "chunk/0/num_joined_members") == json::value(2));
        CHECK(all.text("chunk/1/room_type") == "m.space");
        auto const first = at.ask(method::get, "/publicRooms?limit=1");
        CHECK(each(first.body.at("chunk"), "room_id") == names{big});
        auto const second = at.ask(method::get, "/publicRooms?limit=1&since=" + first.text("next_batch"));
        CHECK(each(second.body.at("chunk"), "room_id") == names{small});
        CHECK(second.text("next_batch").empty());
        CHECK(at.ask(method::get, "/publicRooms?since=garbage").errcode() == "M_INVALID_PARAM");

        auto const found = [&](json::object filter) {
            return each(ann.post("/publicRooms", {{"filter", std::move(filter)}}).body.at("chunk"), "room_id");
        };
        CHECK(found({{"generic_search_term", "DEPLOY web"}}) == names{big});
        CHECK(found({{"room_types", {"m.space"}}}) == names{small});
        CHECK(found({{"room_types", {nullptr}}}) == names{big});

        auto const listing = "/directory/list/room/" + escaped(hidden);
        CHECK(at.ask(method::get, listing).text("visibility") == "private");
        CHECK(bob.put(listing, {{"visibility", "public"}}).errcode() == "M_FORBIDDEN");
        CHECK(ann.put(listing, {{"visibility", "secret"}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put(listing, {{"visibility", "public"}}).status == 200);
        CHECK(found({{"generic_search_term", "hidden"}}) == names{hidden});
        CHECK(at.ask(method::get, "/directory/list/room/" + escaped("!none:demo.local")).status == 404);
    }

    TEST_CASE("users are found by those who may know of them") {
        rig at;
        auto const ann = at.add("ann");
        auto const anton = at.add("anton");
        auto const hidden = at.add("annika");
        anton.make_room({{"preset", "public_chat"}});
        auto const found = [&](person const& who, std::string const& term) {
            return each(who.post("/user_directory/search", {{"search_term", term}}).body.at("results"), "user_id");
        };
        CHECK(found(ann, "AN") == names{anton.id});
        auto const room = ann.make_room();
        ann.invite(room, hidden);
        hidden.join(room);
        hidden.put("/profile/" + hidden.id + "/displayname", {{"displayname", "Somebody Else"}});
        CHECK(found(ann, "somebody") == names{hidden.id});
        auto const limited = ann.post("/user_directory/search", {{"search_term", "an"}, {"limit", 1}});
        CHECK(limited.body.at("limited") == json::value(true));
        CHECK(ann.post("/user_directory/search", json::object()).errcode() == "M_BAD_JSON");
    }
}
