// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <array>

#include "room_fixture.hpp"

using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

constexpr std::array versions{&room_versions::v10, &room_versions::v11, &room_versions::v12};

// With a moderator, two users and the default levels otherwise.
room_fixture populated(room_version const& version) {
    room_fixture room(version);
    room.set_levels(version.privileged_creators ? R"({"users":{"@mod:a":50,"@peer:a":50}})"
                                                : R"({"users":{"@creator:a":100,"@mod:a":50,"@peer:a":50}})");
    for (auto const* user : {"@mod:a", "@peer:a", "@user:a"}) room.set_member(user, "join");
    return room;
}

std::string join_via(room_fixture const& room, std::string_view authorising) {
    return room.send("@new:b", "m.room.member", "@new:b",
                     R"({"membership":"join","join_authorised_via_users_server":")" + std::string(authorising) + "\"}");
}

}  // namespace

TEST_SUITE("auth rules: membership") {
    TEST_CASE("the creator joins right after the create event, and nobody else") {
        for (auto const* version : versions) {
            CAPTURE(version->id);
            room_fixture room(*version);
            auto const create = *room.state.find("m.room.create", "");
            room.state = auth_state();
            room.state.put(create);
            CHECK(room.outcome(room.join_after_create("@creator:a")) == "allowed");
            CHECK(room.outcome(room.join_after_create("@other:a")) == "m.room.member: join: the user is not invited");
            CHECK(room.outcome(room.join_after_create("@creator:a", "$another")) == "m.room.member: join: the user is not invited");
            // Later the creator needs an invitation like everybody else.
            room.set_member("@creator:a", "leave");
            CHECK(room.change("@creator:a", "@creator:a", "join") == "m.room.member: join: the user is not invited");
        }
    }

    TEST_CASE("before version 11 the creator is who the content names") {
        auto const* content = R"({"creator":"@boss:a"})";
        room_fixture const older(room_versions::v10, content);
        CHECK(older.outcome(older.join_after_create("@boss:a")) == "allowed");
        room_fixture const newer(room_versions::v11, content);
        CHECK(newer.outcome(newer.join_after_create("@boss:a")) == "m.room.member: join: the user is not invited");
    }

    TEST_CASE("a join depends on the join rule and the membership before") {
        struct expectation {
            char const* rule;
            char const* allowed_before;  // the memberships from which a join is allowed
        };
        for (auto const* version : versions) {
            for (auto const& [rule, allowed] :
                 {expectation{"public", "leave invite join knock"}, expectation{"invite", "invite join"},
                  expectation{"knock", "invite join"}, expectation{"restricted", "invite join"},
                  expectation{"knock_restricted", "invite join"}, expectation{"private", ""}, expectation{"odd", ""}}) {
                for (std::string const before : {"leave", "invite", "join", "knock", "ban"}) {
                    auto room = populated(*version);
                    room.set_join_rule(rule);
                    room.set_member("@new:b", before);
                    CAPTURE(version->id);
                    CAPTURE(rule);
                    CAPTURE(before);
                    bool const expected = std::string_view(allowed).find(before) != std::string_view::npos;
                    CHECK((room.change("@new:b", "@new:b", "join") == "allowed") == expected);
                }
            }
        }
    }

    TEST_CASE("without join rules one needs an invitation, and nobody joins somebody else") {
        auto room = populated(room_versions::v11);
        CHECK(room.change("@new:b", "@new:b", "join") == "m.room.member: join: the user is not invited");
        room.set_join_rule("public");
        CHECK(room.change("@mod:a", "@new:b", "join") == "m.room.member: join: the sender is somebody else");
    }

    TEST_CASE("a restricted join needs a member who may invite and that server's signature") {
        for (auto const* version : versions) {
            for (auto const* rule : {"restricted", "knock_restricted"}) {
                auto room = populated(*version);
                room.set_join_rule(rule);
                CHECK(join_via(room, "@user:a") == "allowed");
                CHECK(join_via(room, "@creator:a") == "allowed");
                CHECK(join_via(room, "@gone:a") == "m.room.member: join: no member of the room authorised it");
                CHECK(join_via(room, "@user:b").find("not signed") != std::string::npos);
                CHECK(join_via(room, "nonsense").find("not signed") != std::string::npos);
                CHECK(room.change("@new:b", "@new:b", "join") == "m.room.member: join: no member of the room authorised it");
                room.set_levels(R"({"invite":50,"users":{"@mod:a":50}})");
                CHECK(join_via(room, "@user:a") == "m.room.member: join: the member who authorised it may not invite");
                CHECK(join_via(room, "@mod:a") == "allowed");
            }
        }
    }

    TEST_CASE("the authorising server's signature is asked of every membership") {
        auto room = populated(room_versions::v11);
        room.signing_server = "c";
        CHECK(room.send("@user:a", "m.room.member", "@user:a", R"({"membership":"leave","join_authorised_via_users_server":"@mod:a"})")
                  .find("not signed") != std::string::npos);
    }

    TEST_CASE("an invitation needs a member with the level, and somebody to invite") {
        for (auto const* version : versions) {
            auto room = populated(*version);
            CHECK(room.change("@user:a", "@new:b", "invite") == "allowed");
            CHECK(room.change("@stranger:a", "@new:b", "invite") == "m.room.member: invite: the sender is not in the room");
            CHECK(room.change("@user:a", "@mod:a", "invite") == "m.room.member: invite: the user is in the room already");
            room.set_member("@bad:b", "ban");
            CHECK(room.change("@mod:a", "@bad:b", "invite") == "m.room.member: invite: the user is banned");
            room.set_member("@knocks:b", "knock");
            CHECK(room.change("@user:a", "@knocks:b", "invite") == "allowed");
            room.set_levels(R"({"invite":1})");
            CHECK(room.change("@user:a", "@new:b", "invite") == "m.room.member: invite: the sender's power level is too low");
        }
    }

    TEST_CASE("leaving: from inside, from an invitation, from a knock") {
        auto room = populated(room_versions::v11);
        for (auto const* before : {"join", "invite", "knock"}) {
            room.set_member("@new:b", before);
            CHECK(room.change("@new:b", "@new:b", "leave") == "allowed");
        }
        for (auto const* before : {"leave", "ban"}) {
            room.set_member("@new:b", before);
            CHECK(room.change("@new:b", "@new:b", "leave") ==
                  "m.room.member: leave: the user is neither in the room nor invited nor knocking");
        }
    }

    TEST_CASE("a kick needs the level, and a target below the sender") {
        for (auto const* version : versions) {
            auto room = populated(*version);
            CHECK(room.change("@mod:a", "@user:a", "leave") == "allowed");
            CHECK(room.change("@user:a", "@new:b", "leave") == "m.room.member: kick: the sender's power level is too low");
            CHECK(room.change("@mod:a", "@peer:a", "leave") == "m.room.member: kick: the user's power level is not below the sender's");
            CHECK(room.change("@mod:a", "@creator:a", "leave") == "m.room.member: kick: the user's power level is not below the sender's");
            CHECK(room.change("@creator:a", "@mod:a", "leave") == "allowed");
            CHECK(room.change("@stranger:a", "@user:a", "leave") == "m.room.member: kick: the sender is not in the room");
        }
    }

    TEST_CASE("an unban needs both the ban and the kick level") {
        auto room = populated(room_versions::v11);
        room.set_member("@bad:b", "ban");
        room.set_levels(R"({"ban":60,"kick":40,"users":{"@mod:a":50,"@creator:a":100}})");
        CHECK(room.change("@mod:a", "@bad:b", "leave") == "m.room.member: unban: the sender's power level is too low");
        CHECK(room.change("@creator:a", "@bad:b", "leave") == "allowed");
        room.set_levels(R"({"ban":40,"kick":60,"users":{"@mod:a":50,"@creator:a":100}})");
        CHECK(room.change("@mod:a", "@bad:b", "leave") == "m.room.member: kick: the sender's power level is too low");
    }

    TEST_CASE("a ban needs the level, and a target below the sender, who need not be there") {
        for (auto const* version : versions) {
            auto const room = populated(*version);
            CHECK(room.change("@mod:a", "@user:a", "ban") == "allowed");
            CHECK(room.change("@mod:a", "@absent:b", "ban") == "allowed");
            CHECK(room.change("@user:a", "@absent:b", "ban") == "m.room.member: ban: the sender's power level is too low");
            CHECK(room.change("@mod:a", "@peer:a", "ban") == "m.room.member: ban: the user's power level is not below the sender's");
            CHECK(room.change("@stranger:a", "@user:a", "ban") == "m.room.member: ban: the sender is not in the room");
        }
    }

    TEST_CASE("in version 12 no level reaches a creator") {
        room_fixture room(room_versions::v12, R"({"additional_creators":["@second:b"]})");
        room.set_levels(R"({"users":{"@max:a":9007199254740991}})");
        for (auto const* user : {"@max:a", "@second:b"}) room.set_member(user, "join");
        CHECK(room.change("@max:a", "@creator:a", "ban") == "m.room.member: ban: the user's power level is not below the sender's");
        CHECK(room.change("@max:a", "@second:b", "leave") == "m.room.member: kick: the user's power level is not below the sender's");
        CHECK(room.change("@second:b", "@creator:a", "leave") == "m.room.member: kick: the user's power level is not below the sender's");
        CHECK(room.change("@second:b", "@max:a", "ban") == "allowed");
    }

    TEST_CASE("a knock needs a room that has knocking, and an outsider") {
        for (auto const* version : versions) {
            for (auto const* rule : {"knock", "knock_restricted"}) {
                auto room = populated(*version);
                room.set_join_rule(rule);
                CHECK(room.change("@new:b", "@new:b", "knock") == "allowed");
                CHECK(room.change("@mod:a", "@new:b", "knock") == "m.room.member: knock: the sender is somebody else");
                CHECK(room.change("@user:a", "@user:a", "knock") == "m.room.member: knock: the user is in the room or invited already");
                room.set_member("@new:b", "invite");
                CHECK(room.change("@new:b", "@new:b", "knock") == "m.room.member: knock: the user is in the room or invited already");
                room.set_member("@new:b", "ban");
                CHECK(room.change("@new:b", "@new:b", "knock") == "m.room.member: knock: the user is banned");
            }
            auto room = populated(*version);
            for (auto const* rule : {"public", "invite", "restricted"}) {
                room.set_join_rule(rule);
                CHECK(room.change("@new:b", "@new:b", "knock") == "m.room.member: knock: the room's join rule has no knocking");
            }
        }
    }

    TEST_CASE("a membership is a state event with a membership we know") {
        auto const room = populated(room_versions::v11);
        CHECK(room.send("@user:a", "m.room.member", std::nullopt, R"({"membership":"leave"})") == "m.room.member: it has no state key");
        CHECK(room.send("@user:a", "m.room.member", "@user:a", "{}") == "m.room.member: it has no membership");
        CHECK(room.send("@user:a", "m.room.member", "@user:a", R"({"membership":"lurk"})") == "m.room.member: the membership is unknown");
        CHECK(room.send("@user:a", "m.room.member", "@user:a", R"({"membership":1})") == "m.room.member: the membership is unknown");
    }
}
