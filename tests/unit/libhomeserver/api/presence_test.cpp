// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>

#include "rig.hpp"

using namespace chatrixcd::test;
using namespace std::chrono_literals;

namespace {

std::string next(json::value const& answer) { return std::string(answer.at("next_batch").as_string()); }
using names = std::vector<std::string>;

}  // namespace

TEST_SUITE("homeserver::presence") {
    TEST_CASE("presence wakes those who share a room, and nobody else sees it") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const eve = at.add("eve");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const waiting = bob.sync_later(next(bob.sync()), 30000);
        auto const evil = next(eve.sync());
        at.settle();
        auto const path = "/presence/" + ann.id + "/status";
        CHECK(ann.put(path, {{"presence", "online"}, {"status_msg", "at work"}}).status == 200);
        at.settle();
        REQUIRE(waiting.done());
        auto const event = chatrixcd::test::at(waiting.get().body, "presence/events/0");
        CHECK(event.at("sender") == json::value(ann.id));
        CHECK(event.at("content").at("status_msg") == "at work");
        CHECK(bob.sync(next(waiting.get().body)).at("presence").at("events") == json::array());
        CHECK(eve.sync(evil).at("presence").at("events") == json::array());
        CHECK(eve.get(path).errcode() == "M_FORBIDDEN");

        at.pass(90s);
        auto const told = bob.get(path);
        CHECK(told.text("presence") == "online");
        CHECK(chatrixcd::test::at(told.body, "last_active_ago") == json::value(90000));
        CHECK(each(bob.sync().at("presence").at("events"), "sender") == names{ann.id});
    }

    TEST_CASE("set_presence of a sync counts when it says something new") {
        rig at;
        auto const ann = at.add("ann");
        auto const path = "/presence/" + ann.id + "/status";
        auto const since = next(ann.sync());
        CHECK(ann.get(path).status == 404);
        ann.sync(since, "&set_presence=unavailable");
        CHECK(ann.get(path).text("presence") == "unavailable");
        ann.sync(since);
        CHECK(ann.get(path).text("presence") == "unavailable");
        CHECK(ann.get("/sync?set_presence=asleep").errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("presence is one's own and one of three, and a filter can leave it out") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const path = "/presence/" + ann.id + "/status";
        CHECK(bob.put(path, {{"presence", "online"}}).status == 403);
        CHECK(ann.put(path, {{"presence", "busy"}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put(path, json::object()).errcode() == "M_BAD_JSON");
        CHECK(ann.put(path, {{"presence", "online"}}).status == 200);
        auto const without = ann.sync("", "&filter=" + escaped(R"({"presence":{"not_types":["*"]}})"));
        CHECK(without.at("presence").at("events") == json::array());
    }
}
