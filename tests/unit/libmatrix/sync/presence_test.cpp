// SPDX-License-Identifier: Apache-2.0
#include "sync/presence.hpp"

#include <doctest/doctest.h>

#include "support/results.hpp"
#include "sync/response.hpp"

namespace chatrixcd::test {

namespace inner = matrix::detail;
using inner::membership;

namespace {

matrix::user_id const me("@me:b");

// What a homeserver says that an event took the place of: a membership, and that event's id.
struct replaced {
    std::string membership;
    std::string id;
};

// A timeline after a gap, whose first event about us makes us `now`.
template <class F>
auto in_timeline(std::string const& now, replaced const& before, F ask) {
    std::string data;
    if (!before.id.empty()) data += R"("replaces_state":")" + before.id + "\"";
    if (!before.membership.empty()) data += (data.empty() ? "" : ",") + (R"("prev_content":{"membership":")" + before.membership + "\"}");
    auto const text = R"({"next_batch":"s","rooms":{"join":{"!a:b":{"timeline":{"limited":true,"events":[)"
                      R"({"type":"m.room.message","event_id":"$1","sender":"@ann:b","content":{}},)"
                      R"({"type":"m.room.member","event_id":"$first","sender":"@me:b","state_key":"@me:b","content":{"membership":")" +
                      now + R"("},"unsigned":{)" + data + "}}]}}}}}";
    auto const batch = inner::parse_sync(text).value();
    return ask(batch.rooms.at(0).timeline);
}

bool was_inside(std::string const& now, std::string const& before) {
    return in_timeline(now, {before, ""}, [](auto const& timeline) { return inner::inside_before(timeline, me); });
}

bool hides_visit(membership ours, std::string const& last_event, std::string const& now, replaced const& before) {
    inner::room_row known;
    known.ours = ours;
    known.last_event = last_event;
    return in_timeline(now, before, [&](auto const& timeline) {
        auto const behind = inner::behind_hidden_visit(timeline, me, known);
        if (!behind.empty()) CHECK(behind == "$first");
        return !behind.empty();
    });
}

}  // namespace

TEST_SUITE("matrix::presence") {
    TEST_CASE("the first event about somebody says whether they were in the room before it") {
        CHECK(was_inside("leave", "join"));
        CHECK(was_inside("ban", "join"));
        CHECK(was_inside("leave", ""));
        CHECK(was_inside("join", "join"));
        CHECK_FALSE(was_inside("join", "invite"));
        CHECK_FALSE(was_inside("join", ""));
        CHECK_FALSE(was_inside("invite", "leave"));
        CHECK_FALSE(was_inside("knock", "leave"));
    }

    TEST_CASE("whose invitation was withdrawn, and who was banned without having come, was not inside") {
        CHECK_FALSE(was_inside("leave", "invite"));
        CHECK_FALSE(was_inside("leave", "knock"));
        CHECK_FALSE(was_inside("leave", "ban"));
        CHECK_FALSE(was_inside("ban", "leave"));
        CHECK_FALSE(was_inside("ban", "invite"));
    }

    TEST_CASE("a coming in that replaces another event than our last leaving hides that we were there in between") {
        CHECK(hides_visit(membership::leave, "$left", "invite", {"leave", "$left again"}));
        CHECK(hides_visit(membership::leave, "$left", "join", {"leave", "$left again"}));
        CHECK(hides_visit(membership::leave, "$left", "join", {"invite", "$invite"}));
        CHECK(hides_visit(membership::leave, "", "invite", {"leave", "$refused"}));
        CHECK_FALSE(hides_visit(membership::leave, "$left", "invite", {"leave", "$left"}));
        CHECK_FALSE(hides_visit(membership::leave, "$left", "join", {"ban", "$left"}));
    }

    TEST_CASE("who was invited and comes in was nowhere between, unless they had left once more") {
        CHECK_FALSE(hides_visit(membership::invite, "$left", "join", {"invite", "$invite"}));
        CHECK_FALSE(hides_visit(membership::invite, "$left", "invite", {"leave", "$left"}));
        CHECK(hides_visit(membership::invite, "$left", "invite", {"leave", "$left again"}));
        CHECK(hides_visit(membership::invite, "$left", "invite", {"knock", "$knocked"}));
        CHECK(hides_visit(membership::invite, "$left", "join", {"ban", "$banned"}));
    }

    TEST_CASE("a room of which nothing was seen before hides nothing") {
        CHECK_FALSE(hides_visit(membership::none, "", "join", {"invite", "$invite"}));
        CHECK_FALSE(hides_visit(membership::none, "", "invite", {"leave", "$long ago"}));
        CHECK_FALSE(hides_visit(membership::invite, "", "invite", {"leave", "$long ago"}));
    }

    TEST_CASE("where a homeserver does not say what was replaced, or shows us going, nothing is looked for") {
        CHECK_FALSE(hides_visit(membership::leave, "$left", "invite", {"leave", ""}));
        CHECK_FALSE(hides_visit(membership::leave, "$left", "ban", {"invite", "$invite"}));
        CHECK_FALSE(hides_visit(membership::leave, "$left", "leave", {"invite", "$invite"}));
    }
}

}  // namespace chatrixcd::test
