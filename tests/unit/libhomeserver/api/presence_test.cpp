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

TEST_SUITE("homeserver::to_device") {
    TEST_CASE("a message reaches each device once, in order, until the device goes on") {
        rig at;
        auto const ann = at.add("ann");
        auto const phone = at.add("bob");
        auto const laptop = at.log_in("bob", "LAPTOP");
        auto const waiting = laptop.sync_later(next(laptop.sync()), 30000);
        at.settle();
        json::object const first{{"messages", {{phone.id, {{"LAPTOP", {{"n", 1}}}}}}}};
        CHECK(ann.put("/sendToDevice/org.example.hello/t1", json::value(first)).status == 200);
        at.settle();
        REQUIRE(waiting.done());
        // The same transaction once more, then one for all devices.
        CHECK(ann.put("/sendToDevice/org.example.hello/t1", json::value(first)).status == 200);
        json::object const second{{"messages", {{phone.id, {{"*", {{"n", 2}}}}}}}};
        CHECK(ann.put("/sendToDevice/org.example.hello/t2", json::value(second)).status == 200);

        auto const numbers = [](json::value const& answer) { return each(answer.at("to_device").at("events"), "content/n"); };
        CHECK(numbers(waiting.get().body) == names{"1"});
        CHECK(chatrixcd::test::at(waiting.get().body, "to_device/events/0/sender") == json::value(ann.id));
        auto const since = next(waiting.get().body);
        CHECK(numbers(laptop.sync(since)) == names{"2"});
        // Not acknowledged: told again. Acknowledged: gone, even to one who asks from the beginning.
        auto const again = laptop.sync(since);
        CHECK(numbers(again) == names{"2"});
        CHECK(numbers(laptop.sync(next(again))).empty());
        CHECK(numbers(laptop.sync()).empty());
        CHECK(numbers(phone.sync()) == names{"2"});
    }

    TEST_CASE("a long queue comes in pieces, and nothing is left out") {
        rig at;
        auto const ann = at.add("ann");
        for (int i = 0; i < 130; ++i) {
            json::object const one{{"messages", {{ann.id, {{ann.device, {{"n", i}}}}}}}};
            REQUIRE(ann.put("/sendToDevice/org.example.n/" + std::to_string(i), json::value(one)).status == 200);
        }
        auto const first = ann.sync();
        CHECK(first.at("to_device").at("events").as_array().size() == 100);
        auto const second = ann.sync(next(first));
        auto const rest = each(second.at("to_device").at("events"), "content/n");
        REQUIRE(rest.size() == 30);
        CHECK(rest.front() == "100");
        CHECK(ann.sync(next(second)).at("to_device").at("events") == json::array());
    }

    TEST_CASE("what is no message is refused whole, and who is not here gets nothing") {
        rig at;
        auto const ann = at.add("ann");
        json::object const bad{{"messages", {{ann.id, {{ann.device, {{"n", 1}}}}}, {"@bob:demo.local", {{"X", 5}}}}}};
        CHECK(ann.put("/sendToDevice/t/1", json::value(bad)).errcode() == "M_BAD_JSON");
        CHECK(ann.put("/sendToDevice/t/1", json::object()).errcode() == "M_MISSING_PARAM");
        json::object const away{{"messages", {{"@x:elsewhere.org", {{"*", json::object()}}}, {ann.id, {{"NONE", json::object()}}}}}};
        CHECK(ann.put("/sendToDevice/t/2", json::value(away)).status == 200);
        CHECK(ann.sync().at("to_device").at("events") == json::array());
    }
}
