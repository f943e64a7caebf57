// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/redaction.hpp>

#include <doctest/doctest.h>
#include <algorithm>
#include <boost/json/value.hpp>
#include <vector>

#include "golden.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

pdu message_of(std::string const& sender) {
    auto event = object_of(R"({"type":"m.room.message","content":{},"room_id":"!r:a","depth":1,"origin_server_ts":1,"prev_events":[],
                               "auth_events":[],"hashes":{},"signatures":{}})");
    event["sender"] = sender;
    return pdu::parse(std::move(event), room_versions::v11).value();
}

}  // namespace

TEST_SUITE("redaction") {
    TEST_CASE("each version keeps what its rules name, and nothing else") {
        auto const file = golden("redaction.json");
        REQUIRE(file.at("cases").as_array().size() == 81);
        for (auto const& vector : file.at("cases").as_array()) {
            CAPTURE(vector);
            auto const& event = file.at("events").at(text_of(vector.at("event"))).as_object();
            auto const redacted = redact(event, **find_room_version(text_of(vector.at("version"))));
            CHECK(redacted.at("content") == vector.at("kept_content"));
            std::vector<std::string> members;
            for (auto const& member : redacted) members.emplace_back(member.key());
            std::ranges::sort(members);
            std::vector<std::string> expected;
            for (auto const& member : vector.at("kept_members").as_array()) expected.push_back(text_of(member));
            CHECK(members == expected);
        }
    }

    TEST_CASE("redacting twice changes nothing more") {
        auto const file = golden("redaction.json");
        for (auto const& event : file.at("events").as_object()) {
            auto const once = redact(event.value().as_object(), room_versions::v12);
            CHECK(redact(once, room_versions::v12) == once);
        }
    }

    TEST_CASE("malformed events are redacted without harm") {
        CHECK(redact(object_of(R"({"type":7,"content":{"a":1},"x":1})"), room_versions::v11) == object_of(R"({"type":7,"content":{}})"));
        CHECK(redact(object_of(R"({"type":"m.room.member","content":{"third_party_invite":[]}})"), room_versions::v11).at("content") ==
              json::object());
    }

    TEST_CASE("a redaction counts for the redact level, or on the own server's events") {
        auto const levels =
            power_levels::parse(object_of(R"({"users":{"@mod:b":50}})"), room_versions::v11, {user_id("@creator:a")}).value();
        CHECK(may_redact(message_of("@mod:b"), message_of("@u:a"), levels));
        CHECK(may_redact(message_of("@u:a"), message_of("@v:a"), levels));
        CHECK_FALSE(may_redact(message_of("@u:b"), message_of("@u:a"), levels));
    }

    TEST_CASE("an unknown room version is refused") {
        CHECK(find_room_version("13").error().kind() == chatrixcd::base::error_kind::unsupported);
        CHECK_FALSE(find_room_version(""));
        CHECK((*find_room_version("12"))->room_id_is_create_hash);
    }
}
