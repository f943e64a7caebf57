// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/matrix/history.hpp>
#include <chatrixcd/matrix/receipts.hpp>
#include <chatrixcd/matrix/reports.hpp>
#include <chatrixcd/matrix/search.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::direction;
using matrix::event_id;
using matrix::message_query;
using matrix::relation_query;
using matrix::room_id;
using matrix::search_query;
using matrix::user_id;

namespace {

std::string const v3 = "/_matrix/client/v3";
std::string const in_room = v3 + "/rooms/%21r%3Atest";
std::string const in_room_v1 = "/_matrix/client/v1/rooms/%21r%3Atest";
constexpr char const* one_event =
    R"({"event_id":"$e","type":"m.room.message","sender":"@a:test","content":{"body":"x"},"room_id":"!r:test"})";

// The bot and Alice in a room where Alice has said one to `said`.
class talk {
public:
    explicit talk(int said) : alice(s.w.add("alice")), room(alice.make_room({"@bot:test"})) {
        CHECK(s.run(s.bot->join(room)));
        for (int i = 1; i <= said; ++i) ids.push_back(alice.say(room, std::to_string(i)));
    }
    matrix::history of() { return s.bot->room(room_id(room)).history(); }

    scripted_world s;
    person alice;
    std::string room;
    std::vector<std::string> ids;
};

std::string bodies(std::vector<matrix::event> const& events) {
    std::string all;
    for (auto const& e : events) {
        if (e.type() == "m.room.message") all += std::string(e.content_text("body")) + " ";
    }
    return all;
}

}  // namespace

TEST_SUITE("matrix::history") {
    TEST_CASE("a room is read backwards and forwards, page by page") {
        talk t(7);
        auto back = t.of().messages(message_query().page_size(3));
        CHECK(bodies(t.s.run(back.next()).value()) == "7 6 5 ");
        CHECK(bodies(t.s.run(back.next()).value()) == "4 3 2 ");
        CHECK_FALSE(back.done());
        auto forth = t.of().messages(message_query().going(direction::forwards).page_size(500));
        CHECK(bodies(t.s.run(forth.all(1000)).value()) == "1 2 3 4 5 6 7 ");
        CHECK(forth.done());
    }

    TEST_CASE("a filter and a stop go with the request, and a position continues elsewhere") {
        talk t(5);
        auto back = t.of().messages(message_query().page_size(2));
        t.s.run(back.next());
        auto more = t.of().messages(message_query().from(back.position()).page_size(2));
        CHECK(bodies(t.s.run(more.next()).value()) == "3 2 ");
        auto none = t.of().messages(message_query().filter(object_of(R"({"types":["org.example.none"]})")));
        CHECK(bodies(t.s.run(none.all(100)).value()).empty());
    }

    TEST_CASE("one event, and what was said around it") {
        talk t(5);
        CHECK(t.s.run(t.of().get(event_id(t.ids[2]))).value().content_text("body") == "3");
        CHECK(t.s.run(t.of().get(event_id("$nothing"))).error().kind() == error_kind::not_found);
        auto const around = t.s.run(t.of().context(event_id(t.ids[2]), 2)).value();
        CHECK(around.at.content_text("body") == "3");
        CHECK(bodies(around.before) == "2 ");
        CHECK(bodies(around.after) == "4 ");
        auto further = t.of().messages(message_query().from(around.end).going(direction::forwards));
        CHECK(bodies(t.s.run(further.all(10)).value()) == "5 ");
    }

    TEST_CASE("what relates to an event") {
        talk t(1);
        t.alice.send(t.room, "m.reaction",
                     object_of(R"({"m.relates_to":{"rel_type":"m.annotation","key":"+","event_id":")" + t.ids[0] + "\"}}"));
        auto list = t.of().relations(event_id(t.ids[0]), relation_query().of_relation("m.annotation").of_type("m.reaction"));
        auto const found = t.s.run(list.all(10)).value();
        REQUIRE(found.size() == 1);
        CHECK(found[0].type() == "m.reaction");
    }

    TEST_CASE("relations are asked for as wanted") {
        scripted_world s;
        auto const path = in_room_v1 + "/relations/%24e/m.thread";
        s.on(method::get, path, R"({"chunk":[)" + std::string(one_event) + R"(,7,{"type":3}],"next_batch":"n"})");
        s.on(method::get, path, R"({"chunk":[]})");
        auto wanted = relation_query().of_relation("m.thread").recursive().going(direction::forwards).page_size(5000);
        auto list = s.bot->room(room_id("!r:test")).history().relations(event_id("$e"), std::move(wanted));
        CHECK(s.run(list.all(10)).value().size() == 1);
        CHECK(s.seen(path)[0].query() == "dir=f&limit=500&recurse=true");
        CHECK(s.seen(path)[1].query() == "dir=f&limit=500&recurse=true&from=n");
    }

    TEST_CASE("threads, and the event at a time") {
        scripted_world s;
        s.on(method::get, in_room_v1 + "/threads", R"({"chunk":[)" + std::string(one_event) + "]}");
        s.on(method::get, in_room_v1 + "/timestamp_to_event", R"({"event_id":"$e","origin_server_ts":99})");
        s.on(method::get, in_room_v1 + "/timestamp_to_event", R"({"errcode":"M_UNRECOGNIZED","error":"?"})", 404);
        auto const of = s.bot->room(room_id("!r:test")).history();
        auto list = of.threads(/*only_ours=*/true);
        CHECK(s.run(list.all(10)).value().size() == 1);
        CHECK(s.last(in_room_v1 + "/threads").query() == "limit=50&include=participated");
        auto const when = base::time_point(base::duration(100));
        auto const found = s.run(of.near(when, direction::backwards)).value();
        CHECK(found.id.str() == "$e");
        CHECK(found.sent == base::time_point(base::duration(99)));
        CHECK(s.last(in_room_v1 + "/timestamp_to_event").query() == "dir=b&ts=100");
        CHECK(s.run(of.near(when)).error().message() == "the homeserver does not support finding events by time");
    }

    TEST_CASE("answers of another shape are errors") {
        scripted_world s;
        s.on(method::get, in_room + "/messages", R"({"chunk":7})");
        s.on(method::get, in_room + "/context/%24e", R"({"event":{"type":7}})");
        s.on(method::get, in_room + "/event/%24e", "[]");
        auto const of = s.bot->room(room_id("!r:test")).history();
        auto list = of.messages();
        CHECK(s.run(list.next()).error().kind() == error_kind::protocol);
        CHECK(s.run(of.context(event_id("$e"))).error().kind() == error_kind::protocol);
        CHECK(s.run(of.get(event_id("$e"))).error().kind() == error_kind::protocol);
    }
}

TEST_SUITE("matrix::search") {
    TEST_CASE("messages with what was said around them, page by page") {
        scripted_world s;
        auto const path = v3 + "/search";
        s.on(method::post, path,
             R"({"search_categories":{"room_events":{"count":2,"next_batch":"n","results":[{"rank":0.5,"result":)" +
                 std::string(one_event) + R"(,"context":{"events_before":[)" + one_event + R"(],"events_after":[]}},7,{}]}}})");
        s.on(method::post, path, R"({"search_categories":{"room_events":{}}})");
        auto list = s.bot->search().messages(search_query("tea").in(room_id("!r:test")).by(user_id("@a:test")).context(1, 2));
        auto const hits = s.run(list.next()).value();
        REQUIRE(hits.size() == 1);
        CHECK(hits[0].room.str() == "!r:test");
        CHECK(hits[0].rank == 0.5);
        CHECK(hits[0].before.size() == 1);
        CHECK(text_of(s.last_body(path)) ==
              R"({"search_categories":{"room_events":{"search_term":"tea","keys":["content.body"],"order_by":"recent",)"
              R"("filter":{"limit":20,"rooms":["!r:test"],"senders":["@a:test"]},"event_context":{"before_limit":1,"after_limit":2}}}})");
        CHECK(s.run(list.next()).value().empty());
        CHECK(s.last(path).query() == "next_batch=n");
        CHECK(list.done());
    }

    TEST_CASE("users of the directory") {
        scripted_world s;
        auto const path = v3 + "/user_directory/search";
        s.on(method::post, path, R"({"limited":true,"results":[{"user_id":"@a:test","display_name":"A"},{"user_id":"x"},7]})");
        auto const found = s.run(s.bot->search().users("a", 1000)).value();
        REQUIRE(found.users.size() == 1);
        CHECK(found.users[0].display_name == "A");
        CHECK(found.limited);
        CHECK(text_of(s.last_body(path)) == R"({"search_term":"a","limit":500})");
    }
}

TEST_SUITE("matrix::reports") {
    TEST_CASE("an event, a room and a user are reported, once") {
        scripted_world s;
        auto const event = in_room + "/report/%24e";
        auto const room = in_room + "/report";
        auto const user = v3 + "/users/%40a%3Atest/report";
        s.on(method::post, event, "{}");
        s.on(method::post, room, fault::drop_after());
        s.unknown(method::post, user);
        CHECK(s.run(s.bot->reports().event(room_id("!r:test"), event_id("$e"), "spam")));
        CHECK(text_of(s.last_body(event)) == R"({"reason":"spam"})");
        CHECK(s.run(s.bot->reports().room(room_id("!r:test"), "spam")).error().kind() == error_kind::timeout_unknown);
        CHECK(s.seen(room).size() == 1);
        CHECK(s.run(s.bot->reports().user(user_id("@a:test"), "spam")).error().message() ==
              "the homeserver does not support reporting users");
    }
}

TEST_SUITE("matrix::receipts") {
    TEST_CASE("receipts of each kind and thread") {
        scripted_world s;
        s.on(method::post, in_room + "/receipt/m.read/%24e", "{}");
        s.on(method::post, in_room + "/receipt/m.read.private/%24e", "{}");
        auto const of = s.bot->room(room_id("!r:test")).receipts();
        CHECK(s.run(of.send(event_id("$e"))));
        CHECK(s.last(in_room + "/receipt/m.read/%24e").body == "{}");
        CHECK(s.run(of.send(event_id("$e"), matrix::receipt_kind::read, matrix::receipt_thread::main())));
        CHECK(s.last(in_room + "/receipt/m.read/%24e").body == R"({"thread_id":"main"})");
        CHECK(s.run(of.send(event_id("$e"), matrix::receipt_kind::read_private, matrix::receipt_thread::of(event_id("$root")))));
        CHECK(s.last(in_room + "/receipt/m.read.private/%24e").body == R"({"thread_id":"$root"})");
    }

    TEST_CASE("the marker moves together with a receipt, at the embedded homeserver") {
        talk t(1);
        auto const of = t.s.bot->room(room_id(t.room)).receipts();
        CHECK(t.s.run(of.fully_read(event_id(t.ids[0]))));
        CHECK(t.s.run(of.fully_read(event_id(t.ids[0]), matrix::receipt_kind::read_private)));
    }
}

}  // namespace chatrixcd::test
