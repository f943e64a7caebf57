// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <map>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

std::string next(json::value const& answer) { return std::string(answer.at("next_batch").as_string()); }
json::value joined(json::value const& answer, std::string const& room, std::string const& path) {
    return at(answer, "rooms/join/" + room + "/" + path);
}
std::vector<std::string> bodies(json::value const& answer, std::string const& room) {
    return each(joined(answer, room, "timeline/events"), "content/body");
}
using names = std::vector<std::string>;

}  // namespace

TEST_SUITE("homeserver::sync") {
    TEST_CASE("a long poll wakes when somebody else sends, and not before") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        auto const other = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const waiting = bob.sync_later(next(bob.sync()), 30000);
        at.settle();
        CHECK(!waiting.done());
        ann.say(other, "not for bob");
        at.settle();
        CHECK(!waiting.done());
        ann.say(room, "for bob");
        at.settle();
        REQUIRE(waiting.done());
        CHECK(bodies(waiting.get().body, room) == names{"for bob"});
        CHECK(at.time.uptime().count() == 0);
    }

    TEST_CASE("a long poll ends empty when its time is over, and its token goes on") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const since = next(ann.sync());
        auto const waiting = ann.sync_later(since, 5000);
        REQUIRE(at.time.run_until(at.loop, [&] { return waiting.done(); }));
        CHECK(at.time.uptime() == std::chrono::seconds(5));
        CHECK(chatrixcd::test::at(waiting.get().body, "rooms/join") == json::object());
        ann.say(room, "later");
        CHECK(bodies(ann.sync(next(waiting.get().body)), room) == names{"later"});
    }

    TEST_CASE("stopping ends a long poll at once, and refuses what comes after") {
        rig at;
        auto const ann = at.add("ann");
        auto const waiting = ann.sync_later(next(ann.sync()), 30000);
        at.settle();
        auto const server = at.server.get();
        boost::asio::co_spawn(at.loop, server->stop(), [](std::exception_ptr) {});
        at.settle();
        REQUIRE(waiting.done());
        CHECK(waiting.get().status == 200);
        CHECK(ann.get("/account/whoami").status == 503);
    }

    TEST_CASE("an invite, a join and a leave each come in their section") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"name", "The lab"}});
        auto const start = next(bob.sync());
        ann.say(room, "before bob");
        auto const invited_poll = bob.sync_later(start, 30000);
        at.settle();
        ann.invite(room, bob);
        at.settle();
        REQUIRE(invited_poll.done());
        auto const invited = invited_poll.get().body;
        auto const stripped = chatrixcd::test::at(invited, "rooms/invite/" + room + "/invite_state/events");
        auto const types = each(stripped, "type");
        CHECK(std::ranges::count(types, "m.room.name") == 1);
        CHECK(std::ranges::count(types, "m.room.member") == 2);
        CHECK(bob.sync(next(invited)).at("rooms").at("invite") == json::object());

        bob.join(room);
        auto const in = bob.sync(next(invited));
        // A room that is new to the client comes with its whole state and what it may see of the past.
        CHECK(std::ranges::count(each(joined(in, room, "state/events"), "type"), "m.room.create") == 0);
        CHECK(std::ranges::count(bodies(in, room), "before bob") == 1);
        CHECK(joined(in, room, "summary/m.joined_member_count") == 2);
        CHECK(joined(in, room, "summary/m.heroes/0") == json::value(ann.id));

        bob.leave(room);
        ann.say(room, "after bob");
        auto const out = bob.sync(next(in));
        CHECK(out.at("rooms").at("join") == json::object());
        auto const last = chatrixcd::test::at(out, "rooms/leave/" + room + "/timeline/events");
        CHECK(each(last, "content/membership") == names{"leave"});
        CHECK(bob.sync(next(out)).at("rooms").at("leave") == json::object());
        // An initial sync tells of left rooms only who asks for them.
        CHECK(bob.sync().at("rooms").at("leave") == json::object());
        auto const asked = bob.sync("", "&filter=" + escaped(R"({"room":{"include_leave":true}})"));
        CHECK(asked.at("rooms").at("leave").as_object().size() == 1);
    }

    TEST_CASE("who refuses an invite is told that, and nothing of the room") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room();
        ann.invite(room, bob);
        auto const since = next(bob.sync());
        bob.leave(room);
        auto const out = bob.sync(since);
        auto const section = chatrixcd::test::at(out, "rooms/leave/" + room);
        CHECK(each(section.at("timeline").at("events"), "type") == names{"m.room.member"});
        CHECK(section.at("state").at("events") == json::array());
    }

    TEST_CASE("a timeline is limited, and /messages gives exactly what was left out") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const since = next(bob.sync());
        names sent;
        for (int i = 0; i < 57; ++i) sent.push_back(ann.say(room, "message " + std::to_string(i)));
        auto const news = bob.sync(since);
        CHECK(joined(news, room, "timeline/limited") == json::value(true));
        auto got = each(joined(news, room, "timeline/events"), "event_id");
        CHECK(got.size() == 10);

        auto place = std::string(joined(news, room, "timeline/prev_batch").as_string());
        names earlier;
        for (int pages = 0; pages < 100; ++pages) {
            auto const page = bob.get("/rooms/" + escaped(room) + "/messages?dir=b&limit=7&from=" + place + "&to=" + since);
            REQUIRE(page.status == 200);
            for (auto const& id : each(page.body.at("chunk"), "event_id")) earlier.push_back(id);
            place = page.text("end");
            if (place.empty()) break;
        }
        std::ranges::reverse(earlier);
        earlier.insert(earlier.end(), got.begin(), got.end());
        CHECK(earlier == sent);
    }

    TEST_CASE("a limited timeline comes with the state that changed in the gap") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const since = next(bob.sync());
        ann.set_state(room, "m.room.topic", "", {{"topic", "in the gap"}});
        for (int i = 0; i < 20; ++i) ann.say(room, std::to_string(i));
        ann.set_state(room, "m.room.name", "", {{"name", "in the timeline"}});
        auto const news = bob.sync(since);
        CHECK(each(joined(news, room, "state/events"), "type") == names{"m.room.topic"});
        auto const full = bob.sync(since, "&full_state=true");
        auto const types = each(joined(full, room, "state/events"), "type");
        CHECK(std::ranges::count(types, "m.room.create") == 1);
        CHECK(std::ranges::count(types, "m.room.name") == 0);
    }

    TEST_CASE("lazy loading sends the members who speak, and oneself") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        auto const speaker = at.add("speaker");
        speaker.join(room);
        for (int i = 0; i < 8; ++i) at.add("silent" + std::to_string(i)).join(room);
        for (int i = 0; i < 12; ++i) speaker.say(room, std::to_string(i));
        auto const kept = ann.post("/user/" + ann.id + "/filter", {{"room", {{"state", {{"lazy_load_members", true}}}}}});
        REQUIRE(kept.status == 200);
        auto const news = ann.sync("", "&filter=" + kept.text("filter_id"));
        names members;
        auto const state = joined(news, room, "state/events");
        for (auto const& event : state.as_array()) {
            if (event.at("type") == "m.room.member") members.emplace_back(event.at("state_key").as_string());
        }
        CHECK(std::ranges::count(members, ann.id) == 1);
        CHECK(std::ranges::count(members, speaker.id) == 1);
        // The heroes are five; the others stay out.
        CHECK(members.size() < 8);
    }

    TEST_CASE("a filter limits and picks the timeline") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        ann.say(room, "one");
        ann.say(room, "two");
        ann.set_state(room, "m.room.topic", "", {{"topic", "x"}});
        ann.say(room, "three");
        auto const filter = escaped(R"({"room":{"timeline":{"limit":2,"types":["m.room.mess*"]}}})");
        auto const news = ann.sync("", "&filter=" + filter);
        CHECK(bodies(news, room) == names{"two", "three"});
        CHECK(joined(news, room, "timeline/limited") == json::value(true));
        auto const without = ann.sync("", "&filter=" + escaped(R"({"room":{"not_rooms":[")" + room + R"("]}})"));
        CHECK(without.at("rooms").at("join") == json::object());
    }

    TEST_CASE("a filter looks for what holds a url, in timeline and state") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        ann.say(room, "words");
        json::object const picture{{"msgtype", "m.image"}, {"body", "a cat"}, {"url", "mxc://demo.local/cat"}};
        CHECK(ann.put("/rooms/" + escaped(room) + "/send/m.room.message/p", json::value(picture)).status == 200);
        ann.set_state(room, "m.room.avatar", "", {{"url", "mxc://demo.local/room"}});
        for (int i = 0; i < 3; ++i) ann.say(room, std::to_string(i));
        auto const with = escaped(R"({"room":{"timeline":{"contains_url":true,"limit":1},"state":{"contains_url":true}}})");
        auto const news = ann.sync("", "&filter=" + with);
        CHECK(each(joined(news, room, "timeline/events"), "type") == names{"m.room.avatar"});
        CHECK(joined(news, room, "state/events") == json::array());
        auto const without =
            ann.sync("", "&filter=" + escaped(R"({"room":{"timeline":{"contains_url":false,"types":["m.room.message"]}}})"));
        CHECK(bodies(without, room) == names{"words", "0", "1", "2"});
    }

    TEST_CASE("typing is told, and told to be over when its time has passed") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const first = bob.sync_later(next(bob.sync()), 30000);
        at.settle();
        auto const path = "/rooms/" + escaped(room) + "/typing/" + ann.id;
        CHECK(ann.put(path, {{"typing", true}, {"timeout", 4000}}).status == 200);
        at.settle();
        REQUIRE(first.done());
        CHECK(joined(first.get().body, room, "ephemeral/events/0/content/user_ids/0") == json::value(ann.id));
        auto const second = bob.sync_later(next(first.get().body), 30000);
        REQUIRE(at.time.run_until(at.loop, [&] { return second.done(); }));
        CHECK(at.time.uptime() == std::chrono::seconds(4));
        CHECK(joined(second.get().body, room, "ephemeral/events/0/content/user_ids") == json::array());
        CHECK(bob.put(path, {{"typing", true}}).status == 403);
    }

    TEST_CASE("receipts are told once, and private ones to their own user alone") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const event = ann.say(room, "hello");
        auto const since = next(ann.sync());
        CHECK(bob.post("/rooms/" + escaped(room) + "/receipt/m.read/" + escaped(event)).status == 200);
        CHECK(bob.post("/rooms/" + escaped(room) + "/receipt/m.read.private/" + escaped(event)).status == 200);
        auto const news = ann.sync(since);
        auto const content = joined(news, room, "ephemeral/events/0/content");
        CHECK(content.at(event).as_object().size() == 1);
        CHECK(content.at(event).at("m.read").as_object().contains(bob.id));
        CHECK(ann.sync(next(news)).at("rooms").at("join") == json::object());
    }

    TEST_CASE("account data wakes the user's other devices") {
        rig at;
        auto const phone = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const room = phone.make_room();
        auto const first = laptop.sync_later(next(laptop.sync()), 30000);
        at.settle();
        CHECK(phone.put("/user/" + phone.id + "/account_data/m.direct", {{"x", 1}}).status == 200);
        at.settle();
        REQUIRE(first.done());
        CHECK(each(first.get().body.at("account_data").at("events"), "type") == names{"m.direct"});
        auto const path = "/user/" + phone.id + "/rooms/" + escaped(room) + "/account_data/m.tag";
        CHECK(phone.put(path, {{"tags", json::object()}}).status == 200);
        auto const second = laptop.sync(next(first.get().body));
        CHECK(each(joined(second, room, "account_data/events"), "type") == names{"m.tag"});
        CHECK(phone.get(path).body == json::value({{"tags", json::object()}}));
    }

    TEST_CASE("members who are loaded lazily are sent once, again when they change, and again when the answer was lost") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const lazily = [&](std::string const& since, std::string const& redundant = "false") {
            auto const filter = R"({"room":{"state":{"lazy_load_members":true,"include_redundant_members":)" + redundant + "}}}";
            return ann.sync(since, "&filter=" + escaped(filter));
        };
        auto const members = [&](json::value const& answer) { return each(joined(answer, room, "state/events"), "state_key"); };
        // Far enough back that the first answer does not need them.
        for (int i = 0; i < 12; ++i) ann.say(room, "filler " + std::to_string(i));
        auto const first = lazily("");
        bob.say(room, "one");
        auto const second = lazily(next(first));
        auto const lost = lazily(next(first));
        CHECK(members(second) == members(lost));
        bob.say(room, "two");
        auto const third = lazily(next(second));
        CHECK(bodies(third, room) == names{"two"});
        CHECK(members(third).empty());
        CHECK(members(lazily(next(second), "true")) == names{bob.id});
        bob.put("/profile/" + bob.id + "/displayname", {{"displayname", "Bob"}});
        for (int i = 0; i < 12; ++i) bob.say(room, "more " + std::to_string(i));
        CHECK(members(lazily(next(third))) == names{bob.id});
        // Who begins anew knows nothing.
        CHECK(std::ranges::count(members(lazily("")), bob.id) == 1);
    }

    TEST_CASE("with use_state_after the state is that at the end of the timeline") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const since = next(ann.sync());
        ann.set_state(room, "m.room.topic", "", {{"topic", "first"}});
        ann.set_state(room, "m.room.topic", "", {{"topic", "second"}});
        auto const news = ann.sync(since, "&use_state_after=true");
        CHECK(each(joined(news, room, "timeline/events"), "content/topic") == names{"first", "second"});
        CHECK(each(joined(news, room, "state_after/events"), "content/topic") == names{"second"});
        CHECK(joined(news, room, "state").is_null());
        auto const whole = ann.sync("", "&use_state_after=true");
        auto const types = each(joined(whole, room, "state_after/events"), "type");
        CHECK(std::ranges::count(types, "m.room.topic") == 1);
        CHECK(std::ranges::count(types, "m.room.create") == 1);
    }

    TEST_CASE("a token of another store, or of a later state of this one, is refused; the older form is read") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const token = next(ann.sync());
        auto const dot = token.find('.');
        REQUIRE(dot != std::string::npos);
        CHECK(ann.get("/sync?since=" + token.substr(0, dot) + ".Other1").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get("/sync?since=s999_0_0_0_0_0" + token.substr(dot)).errcode() == "M_INVALID_PARAM");
        CHECK(ann.get("/sync?since=s72595_4483_1934").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get("/rooms/" + escaped(room) + "/messages?dir=b&from=s1_2_3_4_5_6.Other1").errcode() == "M_INVALID_PARAM");
        ann.say(room, "news");
        CHECK(bodies(ann.sync("s0_0_0_0"), room).back() == "news");
    }

    TEST_CASE("a token that is none of ours is refused") {
        rig at;
        auto const ann = at.add("ann");
        for (auto const* token : {"s1", "x1_2_3_4", "s1_2_3_4_5", "s1_2_3_-4", "s1_2_3_99999999999999999999", "s"}) {
            CHECK(ann.get("/sync?since=" + std::string(token)).errcode() == "M_INVALID_PARAM");
        }
    }

    TEST_CASE("event_fields cut events down to the members that a client wants") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        ann.say(room, "hello");
        auto const filtered = [&](std::string_view fields) {
            auto const filter = R"({"event_fields":)" + std::string(fields) + R"(,"room":{"timeline":{"limit":1}}})";
            return joined(ann.sync({}, "&filter=" + escaped(filter)), room, "timeline/events/0");
        };
        CHECK(filtered(R"(["type","content.body","content.none","sender.x"])") ==
              json::value{{"type", "m.room.message"}, {"content", {{"body", "hello"}}}});
        CHECK(filtered("[]") == json::object());
        CHECK(filtered(R"(["con\\.tent","content"])") == json::value{{"content", {{"body", "hello"}, {"msgtype", "m.text"}}}});
        for (std::string_view const wrong : {R"({"event_fields":"type"})", R"({"event_fields":[1]})", R"({"event_format":"xml"})"}) {
            CAPTURE(wrong);
            CHECK(ann.get("/sync?filter=" + escaped(wrong)).errcode() == "M_BAD_JSON");
        }
    }

    TEST_CASE("events come as servers exchange them, where a filter asks for that") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        ann.say(room, "hello");
        auto const filter = escaped(R"({"event_format":"federation","room":{"timeline":{"limit":1}}})");
        auto const event = joined(ann.sync({}, "&filter=" + filter), room, "timeline/events/0").as_object();
        for (std::string_view const member : {"auth_events", "prev_events", "depth", "hashes", "signatures"}) CHECK(event.contains(member));
        CHECK(!event.contains("unsigned"));
    }

    TEST_CASE("each event says what its reader was to the room at that time") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "private_chat"}});
        ann.say(room, "1");
        ann.invite(room, bob);
        ann.say(room, "2");
        bob.join(room);
        ann.say(room, "3");
        std::map<std::string, std::string> membership;
        auto const page = bob.get("/rooms/" + escaped(room) + "/messages?dir=b&limit=100");
        for (auto const& event : page.body.at("chunk").as_array()) {
            auto const body = chatrixcd::test::at(event, "content/body");
            if (body.is_string()) membership[std::string(body.as_string())] = chatrixcd::test::at(event, "unsigned/membership").as_string();
        }
        CHECK(membership == std::map<std::string, std::string>{{"1", "leave"}, {"2", "invite"}, {"3", "join"}});
    }
}
