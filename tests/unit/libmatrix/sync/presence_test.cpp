// SPDX-License-Identifier: Apache-2.0
#include "sync/presence.hpp"

#include <doctest/doctest.h>

#include "support/results.hpp"
#include "sync/response.hpp"

namespace chatrixcd::test {

namespace inner = matrix::detail;
using inner::membership;

namespace {

// A timeline whose first event about us is this membership after that one.
bool may_have_visited(membership before, std::string const& now, std::string const& previous) {
    auto const was = previous.empty() ? std::string() : R"(,"unsigned":{"prev_content":{"membership":")" + previous + R"("}})";
    auto const text = R"({"next_batch":"s","rooms":{"join":{"!a:b":{"timeline":{"limited":true,"events":[)"
                      R"({"type":"m.room.message","event_id":"$1","sender":"@ann:b","content":{}},)"
                      R"({"type":"m.room.member","event_id":"$2","sender":"@me:b","state_key":"@me:b","content":{"membership":")" +
                      now + R"("})" + was + "}]}}}}}";
    auto const batch = inner::parse_sync(text).value();
    return inner::may_have_visited(batch.rooms.at(0).timeline, matrix::user_id("@me:b"), before);
}

}  // namespace

TEST_SUITE("matrix::presence") {
    TEST_CASE("whoever was out and comes in may have been in between, unless the room is new to them") {
        CHECK(may_have_visited(membership::leave, "invite", "leave"));
        CHECK(may_have_visited(membership::leave, "join", "invite"));
        CHECK(may_have_visited(membership::leave, "join", ""));
        CHECK(may_have_visited(membership::join, "invite", "leave"));
        CHECK(may_have_visited(membership::none, "join", "invite"));
        CHECK(may_have_visited(membership::none, "join", "leave"));
        CHECK_FALSE(may_have_visited(membership::none, "invite", ""));
        CHECK_FALSE(may_have_visited(membership::none, "join", ""));
    }

    TEST_CASE("whoever was invited and comes in was nowhere between, unless they had left") {
        CHECK_FALSE(may_have_visited(membership::invite, "join", "invite"));
        CHECK_FALSE(may_have_visited(membership::invite, "join", ""));
        CHECK(may_have_visited(membership::invite, "invite", "leave"));
        CHECK(may_have_visited(membership::invite, "join", "ban"));
    }
}

}  // namespace chatrixcd::test
