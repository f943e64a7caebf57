// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/files.hpp>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;
std::string next(json::value const& answer) { return std::string(answer.at("next_batch").as_string()); }

}  // namespace

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

    TEST_CASE("a transaction id is of one device and one type") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const bob = at.add("bob");
        auto const send = [&](person const& by, std::string const& type, int n) {
            json::object const one{{"messages", {{bob.id, {{bob.device, {{"n", n}}}}}}}};
            CHECK(by.put("/sendToDevice/" + type + "/t", json::value(one)).status == 200);
        };
        send(ann, "org.example.a", 1);
        send(laptop, "org.example.a", 2);
        send(ann, "org.example.b", 3);
        send(ann, "org.example.a", 4);
        CHECK(each(bob.sync().at("to_device").at("events"), "content/n") == names{"1", "2", "3"});
    }

    TEST_CASE("a device that is named gets what is for it, not what is for all") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        json::object const mixed{{"messages", {{ann.id, {{"*", {{"n", 1}}}, {"LAPTOP", {{"n", 2}}}}}}}};
        CHECK(ann.put("/sendToDevice/org.example.a/t", json::value(mixed)).status == 200);
        CHECK(each(ann.sync().at("to_device").at("events"), "content/n") == names{"1"});
        CHECK(each(laptop.sync().at("to_device").at("events"), "content/n") == names{"2"});
    }

    TEST_CASE("a message is as large as an event at most: a hundred of them come in one answer") {
        rig at;
        auto const ann = at.add("ann");
        auto const send = [&](std::size_t bytes) {
            json::object const one{{"messages", {{ann.id, {{ann.device, {{"text", json::string(bytes, 'x')}}}}}}}};
            return ann.put("/sendToDevice/org.example.a/" + std::to_string(bytes), json::value(one));
        };
        CHECK(send(65000).status == 200);
        auto const refused = send(65536);
        CHECK(refused.status == 413);
        CHECK(refused.errcode() == "M_TOO_LARGE");
        CHECK(ann.sync().at("to_device").at("events").as_array().size() == 1);
    }

    TEST_CASE("a restart keeps what waits, and the transactions") {
        chatrixcd::base::temporary_folder const folder("homeserver-test");
        rig at(folder.path() + "/homeserver.db");
        auto const ann = at.add("ann");
        json::object const one{{"messages", {{ann.id, {{ann.device, {{"n", 1}}}}}}}};
        CHECK(ann.put("/sendToDevice/org.example.a/t", json::value(one)).status == 200);
        at.reopen();
        CHECK(ann.put("/sendToDevice/org.example.a/t", json::value(one)).status == 200);
        CHECK(each(ann.sync().at("to_device").at("events"), "content/n") == names{"1"});
    }
}
