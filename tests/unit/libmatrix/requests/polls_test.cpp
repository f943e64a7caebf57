// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/array.hpp>

#include <chatrixcd/matrix/history.hpp>
#include <chatrixcd/matrix/polls.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
using base::error_kind;
using matrix::event_id;
using matrix::poll;
using matrix::poll_names;
using matrix::room_id;
using matrix::user_id;

namespace {

matrix::event event_of(std::string const& id, std::string const& sender, std::int64_t at, std::string_view type, json::object content) {
    json::object raw;
    raw["event_id"] = id;
    raw["sender"] = sender;
    raw["origin_server_ts"] = at;
    raw["type"] = type;
    raw["content"] = std::move(content);
    return matrix::event::parse(std::move(raw)).value();
}

poll lunch(poll_names names = poll_names::draft) { return poll("Lunch?").answer("Pizza").answer("Soup").answer("Salad").names(names); }

matrix::event start_of(poll const& what) {
    return event_of("$start", "@author:test", 100, matrix::poll_start_type(what.names()), what.content());
}

// A vote at a time; in the draft's names or the stable ones.
matrix::event vote(std::string const& sender, std::int64_t at, std::vector<std::string> chosen, poll_names names = poll_names::draft) {
    json::array ids;
    for (auto const& id : chosen) ids.emplace_back(id);
    auto content = object_of(R"({"m.relates_to":{"rel_type":"m.reference","event_id":"$start"}})");
    if (names == poll_names::draft) {
        json::object inside;
        inside["answers"] = std::move(ids);
        content["org.matrix.msc3381.poll.response"] = std::move(inside);
    } else {
        content["m.selections"] = std::move(ids);
    }
    return event_of("$v" + std::to_string(at) + sender, sender, at, matrix::poll_response_type(names), std::move(content));
}

matrix::event end(std::string const& sender, std::int64_t at) {
    auto content = object_of(R"({"m.relates_to":{"rel_type":"m.reference","event_id":"$start"},"org.matrix.msc3381.poll.end":{}})");
    return event_of("$end" + std::to_string(at), sender, at, "org.matrix.msc3381.poll.end", std::move(content));
}

base::time_point at(std::int64_t ms) { return base::time_point(base::duration(ms)); }

}  // namespace

TEST_SUITE("matrix::poll") {
    TEST_CASE("a poll in the draft's names, as clients of today show it") {
        CHECK(text_of(lunch().content()) ==
              R"({"org.matrix.msc1767.text":"Lunch?\n1. Pizza\n2. Soup\n3. Salad","org.matrix.msc3381.poll.start":{)"
              R"("kind":"org.matrix.msc3381.poll.disclosed","max_selections":1,"question":{"org.matrix.msc1767.text":"Lunch?"},)"
              R"("answers":[{"id":"1","org.matrix.msc1767.text":"Pizza"},{"id":"2","org.matrix.msc1767.text":"Soup"},)"
              R"({"id":"3","org.matrix.msc1767.text":"Salad"}]}})");
    }

    TEST_CASE("a poll in the stable names") {
        auto const content = poll("A?").answer("b").answer("c").selections(2).undisclosed().names(poll_names::stable).content();
        CHECK(text_of(content) == R"({"m.text":[{"body":"A?\n1. b\n2. c"}],"m.poll":{"kind":"m.undisclosed","max_selections":2,)"
                                  R"("question":{"m.text":[{"body":"A?"}]},"answers":[{"m.id":"1","m.text":[{"body":"b"}]},)"
                                  R"({"m.id":"2","m.text":[{"body":"c"}]}]}})");
    }

    TEST_CASE("what was sent is read again, in both names") {
        for (auto const names : {poll_names::draft, poll_names::stable}) {
            auto const read = poll::parse(start_of(lunch(names).selections(2))).value();
            CHECK(read.question() == "Lunch?");
            CHECK(read.selections() == 2);
            CHECK(read.disclosed());
            CHECK(read.names() == names);
            REQUIRE(read.answers().size() == 3);
            CHECK(read.answers()[1].id == "2");
            CHECK(read.answers()[1].text == "Soup");
        }
    }

    TEST_CASE("polls of others: what is odd is bounded or refused") {
        auto const parse = [](std::string_view content) {
            return poll::parse(event_of("$s", "@a:test", 1, "m.poll.start", object_of(content)));
        };
        for (auto const* bad :
             {"{}", R"({"m.poll":7})", R"({"m.poll":{"question":{},"answers":[]}})", R"({"m.poll":{"answers":[{"m.id":"1"}]}})",
              R"({"m.poll":{"question":{},"answers":[{"m.id":""}]}})", R"({"m.poll":{"question":{},"answers":[7]}})",
              R"({"m.poll":{"question":{},"answers":[{"m.id":"1"},{"m.id":"1"}]}})"}) {
            CAPTURE(bad);
            CHECK(parse(bad).error().kind() == error_kind::protocol);
        }
        auto const odd =
            parse(R"({"m.poll":{"kind":"org.x","max_selections":-5,"question":{"m.text":[7,{"mimetype":"text/html","body":"<b>"},
            {"body":"Q"}]},"answers":[{"m.id":"1","m.text":"x"}]}})");
        CHECK(odd.value().question() == "Q");
        CHECK(odd.value().selections() == 1);
        CHECK_FALSE(odd.value().disclosed());
        poll many("?");
        for (int i = 0; i < 30; ++i) many = std::move(many).answer("x");
        CHECK(poll::parse(start_of(many)).value().answers().size() == poll::most_answers);
        CHECK(poll::parse(event_of("$s", "@a:test", 1, "m.room.message", {})).error().kind() == error_kind::protocol);
    }

    TEST_CASE("votes are counted once a person, by the newest, in any order") {
        std::vector<matrix::event> const votes{vote("@a:test", 300, {"2"}), vote("@a:test", 200, {"1"}), vote("@b:test", 210, {"1"}),
                                               vote("@c:test", 220, {"1"}, poll_names::stable)};
        auto counted = matrix::tally(start_of(lunch()), votes);
        CHECK(counted.votes == std::map<std::string, std::size_t>{{"1", 2}, {"2", 1}, {"3", 0}});
        CHECK(counted.by_sender.at(user_id("@a:test")) == std::vector<std::string>{"2"});
        CHECK_FALSE(counted.ended.has_value());
        CHECK(matrix::tally(start_of(lunch()), {votes.rbegin(), votes.rend()}).votes == counted.votes);
    }

    TEST_CASE("a newest vote that is spoiled or empty takes the earlier one away") {
        auto const one = [](std::vector<std::string> last) {
            return matrix::tally(start_of(lunch()), {vote("@a:test", 200, {"1"}), vote("@a:test", 300, std::move(last))}).votes;
        };
        std::map<std::string, std::size_t> const none{{"1", 0}, {"2", 0}, {"3", 0}};
        CHECK(one({}) == none);
        CHECK(one({"9"}) == none);
        CHECK(one({"2", "9"}) == std::map<std::string, std::size_t>{{"1", 0}, {"2", 1}, {"3", 0}});  // cut to one selection first
    }

    TEST_CASE("of several selections each counts once") {
        auto const counted =
            matrix::tally(start_of(lunch().selections(2)),
                          {vote("@a:test", 200, {"2", "2", "3"}), vote("@b:test", 201, {"1", "3"}), vote("@c:test", 202, {"1", "9"})});
        CHECK(counted.votes == std::map<std::string, std::size_t>{{"1", 1}, {"2", 1}, {"3", 1}});
        CHECK_FALSE(counted.by_sender.contains(user_id("@c:test")));
    }

    TEST_CASE("after the end votes do not exist, and not everybody ends a poll") {
        std::vector<matrix::event> const related{vote("@a:test", 200, {"1"}), end("@stranger:test", 210), vote("@b:test", 220, {"1"}),
                                                 end("@author:test", 250),    end("@author:test", 240),   vote("@b:test", 245, {"2"}),
                                                 vote("@c:test", 240, {"3"})};
        auto const counted = matrix::tally(start_of(lunch()), related);
        CHECK(counted.ended == at(240));
        CHECK(counted.votes == std::map<std::string, std::size_t>{{"1", 2}, {"2", 0}, {"3", 1}});
        auto const moderated =
            matrix::tally(start_of(lunch()), related, [](user_id const& user) { return user.str() == "@stranger:test"; });
        CHECK(moderated.ended == at(210));
        CHECK(moderated.votes.at("1") == 1);
    }

    TEST_CASE("what refers to another poll, or is of another shape, is passed over") {
        auto foreign = object_of(R"({"m.relates_to":{"rel_type":"m.reference","event_id":"$other"},"m.selections":["1"]})");
        auto odd = object_of(R"({"m.relates_to":{"rel_type":"m.reference","event_id":"$start"},"m.selections":7})");
        auto mixed = object_of(R"({"m.relates_to":{"rel_type":"m.reference","event_id":"$start"},"m.selections":[7]})");
        auto const counted = matrix::tally(start_of(lunch()), {event_of("$1", "@a:test", 200, "m.poll.response", std::move(foreign)),
                                                               event_of("$2", "@b:test", 200, "m.poll.response", std::move(odd)),
                                                               event_of("$3", "@c:test", 200, "m.poll.response", std::move(mixed)),
                                                               event_of("$4", "@d:test", 200, "m.poll.response", {})});
        CHECK(counted.by_sender.empty());
        CHECK(matrix::tally(event_of("$s", "@a:test", 1, "m.room.message", {}), {}).votes.empty());
    }
}

TEST_SUITE("matrix::polls") {
    TEST_CASE("a poll is started, voted in, counted and ended in a room") {
        scripted_world s;
        auto alice = s.w.add("alice");
        auto const id = alice.make_room({"@bot:test"});
        REQUIRE(s.run(s.bot->join(id)));
        auto const room = s.bot->room(room_id(id));
        auto const started = s.run(room.polls().start(lunch().key("poll-1"))).value();
        CHECK(s.run(room.polls().start(lunch().key("poll-1"))).value() == started);
        CHECK(s.run(room.polls().vote(started, {"2"})));
        auto say = [&](std::vector<std::string> chosen) {
            auto content = object_of(R"({"m.relates_to":{"rel_type":"m.reference","event_id":")" + started.str() + "\"}}");
            json::array ids;
            for (auto const& one : chosen) ids.emplace_back(one);
            json::object inside;
            inside["answers"] = std::move(ids);
            content["org.matrix.msc3381.poll.response"] = std::move(inside);
            alice.send(id, "org.matrix.msc3381.poll.response", std::move(content));
        };
        say({"2"});
        CHECK(s.run(room.polls().end(started, "Soup it is")));
        auto list = room.history().relations(started, matrix::relation_query().of_relation("m.reference"));
        auto const related = s.run(list.all(100)).value();
        auto const first = s.run(room.history().get(started)).value();
        auto const counted = matrix::tally(first, related);
        CHECK(counted.votes.at("2") == 2);
        CHECK(counted.ended.has_value());
    }

    TEST_CASE("votes and ends in the stable names") {
        scripted_world s;
        auto alice = s.w.add("alice");
        auto const id = alice.make_room({"@bot:test"});
        REQUIRE(s.run(s.bot->join(id)));
        auto const room = s.bot->room(room_id(id));
        auto const started = s.run(room.polls().start(lunch(poll_names::stable))).value();
        CHECK(s.run(room.polls().vote(started, {"1"}, poll_names::stable)));
        CHECK(s.run(room.polls().end(started, "done", poll_names::stable)));
        auto const events = alice.history(id);
        auto const& last = *base::find_object(events[events.size() - 1], "content");
        auto const& vote = *base::find_object(events[events.size() - 2], "content");
        CHECK(text_of(vote.at("m.selections")) == R"(["1"])");
        CHECK(text_of(last.at("m.text")) == R"([{"body":"done"}])");
    }

    TEST_CASE("a poll without a question or a choice is not sent") {
        scripted_world s;
        auto const of = s.bot->room(room_id("!r:test")).polls();
        CHECK(s.run(of.start(poll("").answer("a").answer("b"))).error().kind() == error_kind::invalid);
        CHECK(s.run(of.start(poll("?").answer("a"))).error().kind() == error_kind::invalid);
    }
}

}  // namespace chatrixcd::test
