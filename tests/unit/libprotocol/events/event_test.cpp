// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/event.hpp>

#include <doctest/doctest.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/hashing.hpp>

#include "golden.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;
using chatrixcd::base::error_kind;

namespace {

json::object plain_event() {
    return object_of(R"({"type":"m.room.message","content":{"body":"x","n":1},"room_id":"!r:example.org","sender":"@a:example.org",
        "depth":3,"origin_server_ts":1700000000000,"prev_events":["$p"],"auth_events":["$c","$m"],
        "hashes":{"sha256":"AAAA"},"signatures":{"example.org":{"ed25519:1":"AAAA"}},"unknown":{"stays":true}})");
}

error_kind refusal_of(json::object event, room_version const& version = room_versions::v11) {
    auto const parsed = pdu::parse(std::move(event), version);
    REQUIRE_FALSE(parsed);
    return parsed.error().kind();
}

}  // namespace

TEST_SUITE("events") {
    TEST_CASE("an event tells what it holds") {
        auto const event = pdu::parse(plain_event(), room_versions::v11).value();
        CHECK(event.type() == "m.room.message");
        CHECK(event.sender() == user_id("@a:example.org"));
        CHECK(event.room() == room_id("!r:example.org"));
        CHECK_FALSE(event.state_key());
        CHECK(event.content_string("body") == "x");
        CHECK(event.content_string("n").empty());
        CHECK(event.prev_events() == std::vector{event_id("$p")});
        CHECK(event.auth_events() == std::vector{event_id("$c"), event_id("$m")});
        CHECK(event.depth() == 3);
        CHECK(event.origin_server_ts() == 1700000000000);
        CHECK(event.id() == compute_event_id(plain_event(), room_versions::v11).value());
        CHECK(event.json().contains("unknown"));
        CHECK(event.bytes() == canonical_json(plain_event()).value());
    }

    TEST_CASE("received bytes are kept exactly") {
        auto const bytes = "  " + json::serialize(plain_event()) + "\n";
        auto const event = pdu::parse_bytes(bytes, room_versions::v11).value();
        CHECK(event.bytes() == bytes);
        CHECK(event.id() == pdu::parse(plain_event(), room_versions::v11)->id());
        for (std::string const text : {"", "[]", "{", "{\"a\":\"\xFF\"}"})
            CHECK(pdu::parse_bytes(text, room_versions::v11).error().kind() == error_kind::invalid);
        CHECK(pdu::parse_bytes(std::string(1000000, ' '), room_versions::v11).error().kind() == error_kind::too_large);
    }

    TEST_CASE("each member that must be there must be there, and of its type") {
        for (auto const* key :
             {"type", "content", "room_id", "sender", "depth", "origin_server_ts", "prev_events", "auth_events", "hashes", "signatures"}) {
            CAPTURE(key);
            auto missing = plain_event();
            missing.erase(key);
            CHECK(refusal_of(std::move(missing)) == error_kind::invalid);
            for (json::value const& wrong : {json::value(nullptr), json::value(true), json::value("x"), json::value{1}, json::value(-1)}) {
                auto event = plain_event();
                event[key] = wrong;
                bool const is_text = wrong.is_string() && std::string_view(key) == "type";
                bool const is_past = wrong == json::value(-1) && std::string_view(key) == "origin_server_ts";
                CHECK(pdu::parse(std::move(event), room_versions::v11).has_value() == (is_text || is_past));
            }
        }
        auto event = plain_event();
        event["state_key"] = 7;
        CHECK(refusal_of(std::move(event)) == error_kind::invalid);
        event = plain_event();
        event["content"].as_object()["float"] = 0.5;
        CHECK(refusal_of(std::move(event)) == error_kind::invalid);
        event = plain_event();
        event["signatures"].as_object()["x"] = 1;
        CHECK(refusal_of(std::move(event)) == error_kind::invalid);
    }

    TEST_CASE("sizes have limits") {
        auto event = plain_event();
        event["type"] = std::string(255, 't');
        event["state_key"] = std::string(255, 's');
        CHECK(pdu::parse(event, room_versions::v11));
        auto long_type = event;
        long_type["type"] = std::string(256, 't');
        CHECK(refusal_of(std::move(long_type)) == error_kind::too_large);
        auto long_key = event;
        long_key["state_key"] = std::string(256, 's');
        CHECK(refusal_of(std::move(long_key)) == error_kind::too_large);

        event = plain_event();
        event["content"].as_object()["body"] = "";
        auto const room = max_event_bytes - canonical_json(event)->size();
        event["content"].as_object()["body"] = std::string(room, 'x');
        CHECK(pdu::parse(event, room_versions::v11));
        event["content"].as_object()["body"] = std::string(room + 1, 'x');
        CHECK(refusal_of(event) == error_kind::too_large);

        for (auto const& [key, limit] : {std::pair("prev_events", 20), std::pair("auth_events", 10)}) {
            event = plain_event();
            json::array ids(static_cast<std::size_t>(limit), json::value("$x"));
            event[key] = ids;
            CHECK(pdu::parse(event, room_versions::v11));
            ids.push_back("$y");
            event[key] = ids;
            CHECK(refusal_of(event) == error_kind::invalid);
        }
    }

    TEST_CASE("in version 12 a create event's room is its hash") {
        auto event = plain_event();
        event["type"] = "m.room.create";
        event["state_key"] = "";
        event.erase("room_id");
        auto const create = pdu::parse(event, room_versions::v12).value();
        CHECK(create.room().str() == "!" + create.id().str().substr(1));
        CHECK(refusal_of(event, room_versions::v11) == error_kind::invalid);
        auto other = plain_event();
        other.erase("room_id");
        CHECK(refusal_of(std::move(other), room_versions::v12) == error_kind::invalid);
    }

    TEST_CASE("what is redacted stands where the version puts it") {
        auto event = plain_event();
        event["type"] = "m.room.redaction";
        event["redacts"] = "$top";
        event["content"].as_object()["redacts"] = "$inside";
        CHECK(pdu::parse(event, room_versions::v10)->redacts() == event_id("$top"));
        CHECK(pdu::parse(event, room_versions::v11)->redacts() == event_id("$inside"));
        event["content"].as_object()["redacts"] = 7;
        CHECK_FALSE(pdu::parse(event, room_versions::v11)->redacts());
        event["type"] = "m.room.message";
        CHECK_FALSE(pdu::parse(event, room_versions::v10)->redacts());
    }

    TEST_CASE("events of a version that is only known for redaction are refused") {
        CHECK(refusal_of(plain_event(), room_versions::v9) == error_kind::unsupported);
    }
}
