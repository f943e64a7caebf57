// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <chatrixcd/base/files.hpp>

#include "rig.hpp"

using namespace chatrixcd;
using namespace chatrixcd::test;

namespace {

std::string send_path(std::string const& room, std::string const& transaction) {
    return "/rooms/" + escaped(room) + "/send/m.room.message/" + transaction;
}
std::size_t messages_in(person const& who, std::string const& room) {
    auto const page = who.get("/rooms/" + escaped(room) + "/messages?dir=b&limit=1000");
    auto const types = each(page.body.at("chunk"), "type");
    return static_cast<std::size_t>(std::ranges::count(types, "m.room.message"));
}

}  // namespace

TEST_SUITE("homeserver::sending") {
    TEST_CASE("a repeated transaction is one event, over a restart too") {
        base::temporary_folder const folder("homeserver-test");
        rig at(folder.path() + "/homeserver.db");
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const first = ann.say(room, "hello", "t1");
        CHECK(ann.say(room, "hello again", "t1") == first);
        at.reopen();
        CHECK(ann.say(room, "hello", "t1") == first);
        CHECK(messages_in(ann, room) == 1);
    }

    TEST_CASE("a transaction id belongs to a device, a room and an event type") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const other = ann.make_room();
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const first = ann.say(room, "hello", "t1");
        CHECK(laptop.say(room, "hello", "t1") != first);
        CHECK(ann.say(other, "hello", "t1") != first);
        auto const typed = ann.put("/rooms/" + escaped(room) + "/send/org.example.kind/t1", json::object());
        CHECK(typed.text("event_id") != first);
        CHECK(messages_in(ann, room) == 2);
    }

    TEST_CASE("a repeated transaction is answered even after the sender has left") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const first = ann.say(room, "hello", "t1");
        ann.leave(room);
        CHECK(ann.put(send_path(room, "t1"), {{"body", "x"}}).text("event_id") == first);
        CHECK(ann.put(send_path(room, "t2"), {{"body", "x"}}).errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("the sending device alone is told its transaction id") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const room = ann.make_room();
        auto const event = "/rooms/" + escaped(room) + "/event/" + escaped(ann.say(room, "hello", "t1"));
        CHECK(ann.get(event).text("unsigned/transaction_id") == "t1");
        CHECK(laptop.get(event).text("unsigned/transaction_id").empty());
        at.pass(std::chrono::seconds(3));
        CHECK(chatrixcd::test::at(ann.get(event).body, "unsigned/age") == 3000);
    }

    TEST_CASE("who is not in a room, or lacks the power, is refused and changes nothing") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        CHECK(bob.put(send_path(room, "t1"), {{"body", "x"}}).errcode() == "M_FORBIDDEN");
        CHECK(bob.get("/rooms/" + escaped(room) + "/messages?dir=b").errcode() == "M_FORBIDDEN");
        CHECK(bob.get("/rooms/" + escaped(room) + "/state").errcode() == "M_FORBIDDEN");
        CHECK(bob.get("/rooms/" + escaped("!nowhere:demo.local") + "/state").errcode() == "M_FORBIDDEN");
        bob.join(room);
        auto const topic = bob.put("/rooms/" + escaped(room) + "/state/m.room.topic", {{"topic", "mine"}});
        CHECK(topic.status == 403);
        CHECK(topic.errcode() == "M_FORBIDDEN");
        CHECK(ann.get("/rooms/" + escaped(room) + "/state/m.room.topic").errcode() == "M_NOT_FOUND");
        CHECK(bob.post("/rooms/" + escaped(room) + "/kick", {{"user_id", ann.id}}).status == 403);
    }

    TEST_CASE("a state event that changes nothing is no new event") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const path = "/rooms/" + escaped(room) + "/state/m.room.topic";
        auto const first = ann.put(path, {{"topic", "a"}}).text("event_id");
        CHECK(ann.put(path + "/", {{"topic", "a"}}).text("event_id") == first);
        CHECK(ann.put(path, {{"topic", "b"}}).text("event_id") != first);
        CHECK(ann.get(path).body == json::value({{"topic", "b"}}));
        CHECK(ann.get(path + "?format=event").text("unsigned/prev_content/topic") == "a");
        CHECK(ann.get(path + "?format=event").text("unsigned/replaces_state") == first);
    }

    TEST_CASE("a redaction takes the content away from all who read it, and says why") {
        for (auto const* version : {"10", "11", "12"}) {
            CAPTURE(version);
            rig at;
            auto const ann = at.add("ann");
            auto const bob = at.add("bob");
            auto const room = ann.make_room({{"preset", "public_chat"}, {"room_version", version}});
            bob.join(room);
            auto const event = bob.say(room, "regretted");
            auto const since = std::string(ann.sync().at("next_batch").as_string());
            auto const path = "/rooms/" + escaped(room) + "/redact/" + escaped(event) + "/r1";
            auto const done = ann.put(path, {{"reason", "spam"}});
            REQUIRE(done.status == 200);
            CHECK(ann.put(path, {{"reason", "spam"}}).text("event_id") == done.text("event_id"));
            auto const seen = bob.get("/rooms/" + escaped(room) + "/event/" + escaped(event));
            CHECK(chatrixcd::test::at(seen.body, "content") == json::object());
            CHECK(seen.text("unsigned/redacted_because/event_id") == done.text("event_id"));
            CHECK(seen.text("unsigned/redacted_because/content/reason") == "spam");
            auto const news = ann.sync(since);
            auto const events = chatrixcd::test::at(news, "rooms/join/" + room + "/timeline/events");
            CHECK(each(events, "redacts") == std::vector<std::string>{event});
        }
    }

    TEST_CASE("the events of others are redacted by who has the power alone") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const event = ann.say(room, "stays");
        CHECK(bob.put("/rooms/" + escaped(room) + "/redact/" + escaped(event) + "/r1", json::object()).status == 403);
        CHECK(ann.put("/rooms/" + escaped(room) + "/redact/" + escaped("$nothing") + "/r1", json::object()).status == 404);
        json::object const by_sending{{"redacts", event}};
        CHECK(bob.put("/rooms/" + escaped(room) + "/send/m.room.redaction/r2", json::value(by_sending)).status == 403);
        auto const page = ann.get("/rooms/" + escaped(room) + "/messages?dir=b&limit=1000");
        auto const types = each(page.body.at("chunk"), "type");
        CHECK(std::ranges::count(types, "m.room.redaction") == 0);
        CHECK(page.text("chunk/0/content/body") == "stays");
        auto const own = bob.say(room, "mine");
        CHECK(bob.put("/rooms/" + escaped(room) + "/redact/" + escaped(own) + "/r3", json::object()).status == 200);
    }
}
