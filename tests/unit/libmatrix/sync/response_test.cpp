// SPDX-License-Identifier: Apache-2.0
#include "sync/response.hpp"

#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/random.hpp>

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

constexpr char const* whole = R"({"next_batch":"s2","rooms":{
  "join":{"!a:b":{"state":{"events":[
      {"type":"m.room.name","sender":"@a:b","state_key":"","event_id":"$n","content":{"name":"N"}}]},
    "timeline":{"limited":true,"prev_batch":"p","events":[
      {"type":"m.room.message","sender":"@a:b","event_id":"$m","origin_server_ts":5,"content":{"msgtype":"m.text","body":"hi"}}]}}},
  "invite":{"!c:d":{"invite_state":{"events":[
      {"type":"m.room.member","sender":"@a:b","state_key":"@me:b","content":{"membership":"invite"}}]}}},
  "leave":{"!e:f":{}}}})";

// Replaces one value somewhere in a document.
void break_something(json::value& v, base::random& random) {
    constexpr char const* junk[] = {"null", "7", "-1", "true", "\"\"", "[]", "{}", "[[[]]]", "\"!x\"", "1e99", "{\"events\":7}"};
    if (v.is_object() && !v.get_object().empty() && random.below(4) != 0) {
        auto& o = v.get_object();
        auto it = o.begin() + static_cast<std::ptrdiff_t>(random.below(o.size()));
        return break_something(it->value(), random);
    }
    if (v.is_array() && !v.get_array().empty() && random.below(4) != 0) {
        auto& a = v.get_array();
        return break_something(a[random.below(a.size())], random);
    }
    v = json::parse(junk[random.below(std::size(junk))]);
}

}  // namespace

TEST_SUITE("matrix::sync") {
    TEST_CASE("a sync response is read into joined, invited and left rooms") {
        auto const batch = parse_sync(whole).value();
        CHECK(batch.next_batch == "s2");
        CHECK(batch.skipped == 0);
        REQUIRE(batch.rooms.size() == 3);
        CHECK(batch.rooms[0].room == room_id("!a:b"));
        CHECK(batch.rooms[0].limited);
        CHECK(batch.rooms[0].state.size() == 1);
        CHECK(batch.rooms[0].timeline.at(0).id() == "$m");
        CHECK(batch.rooms[1].ours == membership::invite);
        CHECK(batch.rooms[1].state.size() == 1);
        CHECK(batch.rooms[2].ours == membership::leave);
    }

    TEST_CASE("without a position there is no going on") {
        CHECK(parse_sync("{}").error().kind() == error_kind::protocol);
        CHECK(parse_sync(R"({"next_batch":7})").error().kind() == error_kind::protocol);
        CHECK(parse_sync(R"({"next_batch":""})").error().kind() == error_kind::protocol);
    }

    TEST_CASE("one bad event does not cost its neighbours") {
        auto const batch = parse_sync(R"({"next_batch":"s","rooms":{"join":{"!a:b":{"timeline":{"events":[
            7, {"type":"t"}, {"type":"t","sender":"@a:b","content":{}},
            {"type":"t","sender":"@a:b","content":{},"event_id":"$ok"}]},"state":{"events":[{"type":"t","sender":"@a:b","content":{}}]}},
            "no room":{}, "!x:y":[]}}})")
                               .value();
        REQUIRE(batch.rooms.size() == 1);
        CHECK(batch.rooms[0].timeline.size() == 1);
        CHECK(batch.rooms[0].state.empty());
        CHECK(batch.skipped == 6);
    }

    TEST_CASE("no malformed response does worse than being refused") {
        auto const random = base::make_seeded_random(5);
        for (int round = 0; round < 3000; ++round) {
            auto document = json::parse(whole);
            for (auto n = random->below(4) + 1; n > 0; --n) break_something(document, *random);
            auto const text = json::serialize(document);
            auto const batch = parse_sync(text);
            if (batch) CHECK_FALSE(batch->next_batch.empty());
            CHECK_FALSE(parse_page(text).has_value());
        }
    }
}

}  // namespace chatrixcd::matrix::detail
