// SPDX-License-Identifier: Apache-2.0
// Who gets keys in a room whose members are pinned.
#include <doctest/doctest.h>

#include "crypto/rooms/pinned_members.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

namespace {

class pinning {
public:
    pinning() { show(bobs); }

    // The homeserver shows Bob's device with that identity.
    void show(person_keys const& identity) {
        learn(alice, bob.me, query_answer().person(identity).device(identity.sign_device(bob.published())).get());
    }
    void pin() {
        alice.in([&](auto const& with) { crypto::pin_members(with, lobby, everybody); });
    }
    std::vector<matrix::newcomer> newcomers() {
        return alice.in([&](auto const& with) { return crypto::newcomers_among(with, lobby, everybody); });
    }
    crypto::audience readers() {
        crypto::audience who;
        who.users = everybody;
        for (auto const& each : newcomers()) who.newcomers.insert(each.user);
        return who;
    }
    crypto::sharing plan() {
        auto const who = readers();
        return alice.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, lobby).prepare(who); });
    }

    party alice{"@alice:b", "PHONE", 1};
    party bob{"@bob:b", "LAPTOP", 2};
    person_keys bobs{bob.me, 3};
    person_keys other{bob.me, 4};
    std::vector<matrix::user_id> everybody{alice.me, bob.me};
};

}  // namespace

TEST_SUITE("matrix::crypto::pinned_members") {
    TEST_CASE("in a room that is not pinned nobody is a newcomer") {
        pinning p;
        CHECK(p.newcomers().empty());
        CHECK(p.plan().to_share.size() == 1);
    }

    TEST_CASE("a pinned member with another identity is a newcomer: they get no key, and the session that they knew is not used any more") {
        pinning p;
        p.pin();
        CHECK(share(p.alice, p.readers(), {&p.bob}).size() == 1);
        auto const before = p.plan().session;
        p.show(p.other);
        auto const waiting = p.newcomers();
        REQUIRE(waiting.size() == 1);
        CHECK(waiting[0].user == p.bob.me);
        CHECK(waiting[0].identity_changed);
        auto const plan = p.plan();
        CHECK(plan.to_share.empty());
        CHECK(plan.to_refuse.empty());
        REQUIRE(plan.newcomers.size() == 1);
        CHECK(plan.newcomers[0].device == p.bob.device);
        CHECK(plan.session != before);
        p.alice.in([&](auto const& with) { crypto::accept_newcomer(with, lobby, waiting[0]); });
        CHECK(p.plan().to_share.size() == 1);
        // The one that was pinned first is not theirs any more.
        p.show(p.bobs);
        CHECK(p.newcomers().size() == 1);
    }

    TEST_CASE("a member of whom nothing was known when the room was pinned is pinned as what they turn out to be") {
        party alice("@alice:b", "PHONE", 1);
        party bob("@bob:b", "LAPTOP", 2);
        person_keys const bobs(bob.me, 3);
        person_keys const other(bob.me, 4);
        std::vector<matrix::user_id> const everybody{alice.me, bob.me};
        auto const count = [&] {
            return alice.in([&](auto const& with) { return crypto::newcomers_among(with, lobby, everybody).size(); });
        };
        alice.in([&](auto const& with) { crypto::pin_members(with, lobby, everybody); });
        CHECK(count() == 0);
        learn(alice, bob.me, query_answer().person(bobs).device(bobs.sign_device(bob.published())).get());
        CHECK(count() == 0);
        learn(alice, bob.me, query_answer().person(other).device(other.sign_device(bob.published())).get());
        CHECK(count() == 1);
    }

    TEST_CASE("a member who had no identity when the room was pinned cannot be given one unseen") {
        pinning p;
        party carol("@carol:b", "TABLET", 5);
        person_keys const carols(carol.me, 6);
        p.everybody.push_back(carol.me);
        learn(p.alice, carol.me, query_answer().device(carol.published()).get());
        p.pin();
        CHECK(p.newcomers().empty());
        learn(p.alice, carol.me, query_answer().person(carols).device(carols.sign_device(carol.published())).get());
        REQUIRE(p.newcomers().size() == 1);
        CHECK(p.newcomers()[0].user == carol.me);
    }

    TEST_CASE("who waits is told of once for each identity") {
        pinning p;
        p.alice.in([&](auto const& with) { crypto::pin_members(with, lobby, {with.me}); });
        auto const untold = [&] {
            return p.alice.in(
                [&](auto const& with) { return crypto::note_newcomers(with, lobby, crypto::newcomers_among(with, lobby, p.everybody)); });
        };
        REQUIRE(untold().size() == 1);
        auto const bob = untold().at(0);
        // Whoever was interrupted says the same, not twice.
        CHECK(untold().at(0).occasion == bob.occasion);
        p.alice.in([&](auto const& with) { crypto::note_told(with, lobby, bob.who); });
        CHECK(untold().empty());
        p.show(p.other);
        REQUIRE(untold().size() == 1);
        CHECK(untold()[0].occasion != bob.occasion);
    }

    TEST_CASE("who comes back as they were is told of anew, and so in each room") {
        pinning p;
        p.alice.in([&](auto const& with) { crypto::pin_members(with, lobby, {with.me}); });
        auto const untold_in = [&](matrix::room_id const& room) {
            return p.alice.in([&](auto const& with) {
                return crypto::note_newcomers(with, room, crypto::newcomers_among(with, room, p.everybody)).at(0);
            });
        };
        auto const first = untold_in(lobby);
        p.alice.in([&](auto const& with) {
            crypto::note_told(with, lobby, first.who);
            crypto::accept_newcomer(with, lobby, first.who);
            crypto::unpin_member(with, lobby, first.who.user);
        });
        CHECK(untold_in(lobby).occasion != first.occasion);
        matrix::room_id const elsewhere("!elsewhere:b");
        p.alice.in([&](auto const& with) { crypto::pin_members(with, elsewhere, {with.me}); });
        CHECK(untold_in(elsewhere).occasion != untold_in(lobby).occasion);
    }
}

}  // namespace chatrixcd::test
