// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

using namespace chatrixcd::test;

TEST_SUITE("homeserver::profiles") {
    TEST_CASE("a field of one's own is kept, told and deleted") {
        rig at;
        auto const ann = at.add("ann");
        auto const path = "/profile/" + ann.id;
        CHECK(ann.put(path + "/m.tz", {{"m.tz", "Europe/Berlin"}}).status == 200);
        CHECK(ann.put(path + "/org.example.card", {{"org.example.card", {{"x", {1, 2}}}}}).status == 200);
        CHECK(ann.put(path + "/displayname", {{"displayname", "Ann"}}).status == 200);
        auto const told = at.ask(method::get, path);
        CHECK(told.text("m.tz") == "Europe/Berlin");
        CHECK(told.text("displayname") == "Ann");
        CHECK(at.ask(method::get, path + "/org.example.card").body == json::value({{"org.example.card", {{"x", {1, 2}}}}}));
        CHECK(ann.erase(path + "/m.tz").status == 200);
        CHECK(ann.erase(path + "/m.tz").status == 200);
        CHECK(at.ask(method::get, path + "/m.tz").errcode() == "M_NOT_FOUND");
    }

    TEST_CASE("names, sizes and owners are checked") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const path = "/profile/" + ann.id + "/";
        CHECK(bob.put(path + "m.tz", {{"m.tz", "x"}}).status == 403);
        CHECK(bob.erase(path + "m.tz").status == 403);
        CHECK(ann.put(path + "Upper", {{"Upper", 1}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put(path + "m.tz", {{"other", "x"}}).errcode() == "M_MISSING_PARAM");
        std::string const name(256, 'a');
        CHECK(ann.put(path + name, {{name, "x"}}).errcode() == "M_KEY_TOO_LARGE");
        CHECK(ann.put(path + "org.big", {{"org.big", std::string(40000, 'x')}}).status == 200);
        CHECK(ann.put(path + "org.bigger", {{"org.bigger", std::string(40000, 'x')}}).errcode() == "M_PROFILE_TOO_LARGE");
        CHECK(at.ask(method::get, path + "org.bigger").status == 404);
        CHECK(ann.put(path + "avatar_url", {{"avatar_url", "https://example.org/me.png"}}).errcode() == "M_INVALID_PARAM");
        CHECK(at.ask(method::get, "/profile/@nobody:demo.local").status == 404);
    }

    TEST_CASE("a new avatar reaches the rooms, and taking it away does too") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const member = "/rooms/" + escaped(room) + "/state/m.room.member/" + escaped(ann.id);
        CHECK(ann.put("/profile/" + ann.id + "/avatar_url", {{"avatar_url", "mxc://demo.local/abc"}}).status == 200);
        CHECK(ann.get(member).text("avatar_url") == "mxc://demo.local/abc");
        auto const since = std::string(ann.sync().at("next_batch").as_string());
        // The same once more is no event.
        CHECK(ann.put("/profile/" + ann.id + "/avatar_url", {{"avatar_url", "mxc://demo.local/abc"}}).status == 200);
        CHECK(ann.sync(since).at("rooms").at("join") == json::object());
        CHECK(ann.erase("/profile/" + ann.id + "/avatar_url").status == 200);
        CHECK(!ann.get(member).object().contains("avatar_url"));
    }
}
