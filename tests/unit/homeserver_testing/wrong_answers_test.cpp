// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/homeserver/testing/lies.hpp>

#include "bench.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
namespace lies = testing::lies;
using testing::wrong;

namespace {

json::object answer_with(fault what, std::string const& path = "/_matrix/client/v3/sync") {
    bench b;
    b.broken.on_everything().does(std::move(what));
    return base::parse_json_object(b.get(path)).value();
}

}  // namespace

TEST_SUITE("homeserver_testing::wrong answers") {
    TEST_CASE("JSON is wrong in the way that was asked for") {
        bench b;
        auto const spoiled = [&](wrong how) {
            b.broken.clear();
            b.broken.on_everything().does(fault::wrong_json(how));
            return b.get();
        };
        CHECK(spoiled(wrong::no_json) == "<!doctype html>");
        CHECK(spoiled(wrong::empty).empty());
        CHECK(spoiled(wrong::null) == "null");
        CHECK(spoiled(wrong::array) == "[]");
        CHECK(spoiled(wrong::cut) == R"({"n":5,"next_bat)");
        CHECK(spoiled(wrong::types) == R"({"n":{},"next_batch":[7]})");
        CHECK(spoiled(wrong::deep).size() > 40000);
        CHECK_FALSE(base::parse_json(spoiled(wrong::deep), 10000));
        CHECK(spoiled(wrong::huge_numbers).find("1234567890") != spoiled(wrong::huge_numbers).find("1e400"));
        CHECK(spoiled(wrong::duplicate_keys).find(R"("n":{})") != std::string::npos);
        CHECK_FALSE(base::parse_json(spoiled(wrong::invalid_utf8)));
    }

    TEST_CASE("a member is left out, a body has any size, a refusal says how long to wait where it was told to") {
        CHECK(answer_with(fault::without("next_batch")) == json::object{{"n", 1}});
        bench b;
        b.broken.on_everything().once().does(fault::huge(123456));
        CHECK(b.get().size() == 123456);
        auto const refusal = [&](testing::retry where) {
            b.broken.on_everything().once().does(fault::rate_limited(5, where));
            return b.ask(method::get, "/x").value();
        };
        CHECK(refusal(testing::retry::header).headers.get("Retry-After") == "5");
        CHECK(refusal(testing::retry::header).body.find("retry_after_ms") == std::string::npos);
        CHECK_FALSE(refusal(testing::retry::body).headers.get("Retry-After"));
        CHECK(refusal(testing::retry::body).body.find(R"("retry_after_ms":5000)") != std::string::npos);
        CHECK(refusal(testing::retry::nowhere).body == R"({"errcode":"M_LIMIT_EXCEEDED","error":"slow down"})");
        auto const page = [&](testing::page shown) {
            b.broken.on_everything().once().does(fault::server_error(500, shown));
            return b.ask(method::get, "/x").value().body;
        };
        CHECK(page(testing::page::empty).empty());
        CHECK(page(testing::page::html).starts_with("<html>"));
        CHECK(page(testing::page::matrix).starts_with(R"({"errcode":)"));
    }

    TEST_CASE("a stale answer is an earlier one of the same client, method and path, as it truly was") {
        bench b;
        CHECK(b.get() == answer_of(1));
        CHECK(b.get() == answer_of(2));
        CHECK(b.get("/other") == answer_of(3));
        auto const old = [&](fault what) {
            b.broken.on_everything().once().does(std::move(what));
            return b.get();
        };
        CHECK(old(fault::stale()) == answer_of(2));
        CHECK(old(fault::stale(3)) == answer_of(1));
        CHECK(old(fault::stale(50)) == answer_of(6));
        CHECK(old(fault::stale_position()) == R"({"n":7,"next_batch":"s6"})");
        CHECK(old(fault::stale_position(99)) == answer_of(8));
        b.broken.on_everything().once().does(fault::stale());
        CHECK(b.outcome(b.send(http::request(method::get, "http://hs.test/_matrix/client/v3/sync").with_bearer("other"))) == answer_of(9));
    }

    TEST_CASE("a lie rewrites the answer's object, and leaves alone what is none") {
        auto const lie = fault::lie("n is 7", [](json::object& whole) { whole["n"] = 7; });
        CHECK(json::serialize(answer_with(lie)) == R"({"n":7,"next_batch":"s1"})");
        CHECK(lie.description() == "the answer lies: n is 7");
    }

    TEST_CASE("the lies about syncs: events again, events of others, memberships that nobody sent") {
        json::object sync = base::parse_json_object(R"({"rooms":{"join":{"!a:b":{"timeline":{"events":[{"event_id":"$1"}]}}}}})").value();
        auto const repeat = lies::repeat_events();
        auto first = sync;
        repeat(first);
        CHECK(first == sync);
        auto second = base::parse_json_object(R"({"rooms":{"join":{"!a:b":{"timeline":{"events":[{"event_id":"$2"}]}}}}})").value();
        repeat(second);
        CHECK(json::serialize(second) == R"({"rooms":{"join":{"!a:b":{"timeline":{"events":[{"event_id":"$1"},{"event_id":"$2"}]}}}}})");

        json::object nothing;
        lies::add_event("!x:y", R"({"event_id":"$3"})")(nothing);
        CHECK(json::serialize(nothing) == R"({"rooms":{"join":{"!x:y":{"timeline":{"events":[{"event_id":"$3"}]}}}}})");

        lies::forge_membership("!x:y", "@bot:b", "ban")(nothing);
        auto const text = json::serialize(nothing);
        CHECK(text.find(R"("type":"m.room.member","sender":"@bot:b")") != std::string::npos);
        CHECK(text.find(R"("state_key":"@bot:b")") != std::string::npos);
        CHECK(text.find(R"("membership":"ban")") != std::string::npos);
    }

    TEST_CASE("the lies about what belongs together: reactions that nobody sent, messages that relate to others") {
        json::object reacted;
        auto const react = lies::forge_reaction("!x:y", "@bot:b", "$1", "yes");
        react(reacted);
        react(reacted);
        auto const& events = reacted.at("rooms").at("join").at("!x:y").at("timeline").at("events").as_array();
        REQUIRE(events.size() == 2);
        CHECK(events[0].at("type") == "m.reaction");
        CHECK(events[0].at("sender") == "@bot:b");
        CHECK(json::serialize(events[0].at("content")) == R"({"m.relates_to":{"rel_type":"m.annotation","event_id":"$1","key":"yes"}})");
        CHECK(events[0].at("event_id") != events[1].at("event_id"));

        auto const relate = lies::forge_relation("!a:b", R"({"rel_type":"m.thread","event_id":"$root"})");
        std::string const truth =
            R"({"rooms":{"join":{"!a:b":{"timeline":{"events":[{"content":{"x":1}},{"state_key":"","content":{}}]}}}}})";
        auto answer = base::parse_json_object(truth).value();
        relate(answer);
        auto const& told = answer.at("rooms").at("join").at("!a:b").at("timeline").at("events").as_array();
        CHECK(json::serialize(told[0]) == R"({"content":{"x":1,"m.relates_to":{"rel_type":"m.thread","event_id":"$root"}}})");
        CHECK(json::serialize(told[1]) == R"({"state_key":"","content":{}})");
        // A room that is not there is not made up.
        auto nothing = base::parse_json_object(R"({"rooms":{"join":{}}})").value();
        relate(nothing);
        CHECK(json::serialize(nothing) == R"({"rooms":{"join":{}}})");
    }
}

}  // namespace chatrixcd::test
