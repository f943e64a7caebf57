// SPDX-License-Identifier: Apache-2.0
// What a verification leaves behind: whom we believe, and what we sign.
#include "crypto/verification/verified_table.hpp"

#include <doctest/doctest.h>

#include <string>

#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_identity.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

namespace {

std::string const no_key(43, 'A');

// Bob knows Alice, whose key of the lobby he has.
class acquaintance {
public:
    acquaintance() {
        show(alices);
        learn(alice, bob.me, query_answer().device(bob.published()).get());
        crypto::audience both;
        both.users = {alice.me, bob.me};
        both.unsigned_devices = true;
        give(bob, alice.me, share(alice, both, {&bob}).begin()->second);
    }

    // What the homeserver shows of Alice: an identity that vouches for her device.
    void show(person_keys const& identity) {
        learn(bob, alice.me, query_answer().person(identity).device(identity.sign_device(alice.published())).get());
    }
    void verify(person_keys const& identity) {
        auto const master = std::string(identity.master.at("keys").as_object().begin()->value().as_string());
        bob.in([&](crypto::context const& with) { crypto::keep_verified(with, alice.me, master); });
    }
    matrix::trust believed() {
        auto const said = read(bob, alice.me, encrypt(alice, "hello"), "$" + std::to_string(++number));
        return std::get<crypto::clear_event>(said).believed;
    }

    party alice{"@alice:b", "PHONE", 1};
    party bob{"@bob:b", "LAPTOP", 2};
    person_keys alices{alice.me, 3};
    person_keys others{alice.me, 4};
    int number = 0;
};

// An account with an identity, and what a homeserver says of it and of somebody else.
class signer {
public:
    signer() {
        mine = me.in([&](crypto::context const&) { return crypto::own_identity::make(*random_); });
        published = body();
    }
    json::object body() {
        auto const keys = me.with_keys([&](auto const& with, auto& own) { return mine->upload_body(with, own); });
        json::object answer;
        answer["master_keys"].emplace_object()[me.me.str()] = keys.at("master_key");
        answer["self_signing_keys"].emplace_object()[me.me.str()] = keys.at("self_signing_key");
        answer["user_signing_keys"].emplace_object()[me.me.str()] = keys.at("user_signing_key");
        return answer;
    }
    std::optional<json::object> vouch(matrix::user_id const& user, matrix::device_id const& device, std::string const& ed25519,
                                      std::string const& master, json::object const& answer) {
        return me.in([&](crypto::context const& with) { return mine->vouch_body(with, user, device, ed25519, master, answer); });
    }

private:
    std::unique_ptr<base::random> random_ = base::make_seeded_random(9);

public:
    party me{"@me:b", "BOT", 1};
    std::optional<crypto::own_identity> mine;
    json::object published;
};

std::string master_of(person_keys const& who) { return std::string(who.master.at("keys").as_object().begin()->value().as_string()); }
std::string ed25519_of(party& who) {
    return who.with_keys([](auto const&, auto& own) { return own.keys().ed25519(); });
}

}  // namespace

TEST_SUITE("matrix::crypto::verified") {
    TEST_CASE("whom we have verified is believed as long as the identity is that one") {
        acquaintance a;
        CHECK_FALSE(a.believed().user_verified);
        a.verify(a.alices);
        CHECK(a.believed().user_verified);
        a.show(a.others);
        CHECK(a.believed().cross_signed);
        CHECK(a.believed().identity_changed);
        CHECK_FALSE(a.believed().user_verified);
    }

    TEST_CASE("an identity that comes back is believed when people have compared it again") {
        acquaintance a;
        a.verify(a.alices);
        a.show(a.others);
        a.show(a.alices);
        CHECK_FALSE(a.believed().user_verified);
        a.verify(a.alices);
        CHECK(a.believed().user_verified);
        CHECK_FALSE(a.believed().identity_changed);
    }

    TEST_CASE("what another identity vouched for is not vouched for by the one that was verified") {
        acquaintance a;
        a.verify(a.alices);
        a.show(a.others);
        // The first identity again, and the device so that it is refused, and keeps what is known of it.
        auto broken = a.alice.published();
        broken["signatures"] = json::object();
        learn(a.bob, a.alice.me, query_answer().person(a.alices).device(broken).get());
        a.verify(a.alices);
        CHECK_FALSE(a.believed().cross_signed);
        CHECK_FALSE(a.believed().user_verified);
    }

    TEST_CASE("another user's identity is signed by our user-signing key, a device of ours by our self-signing key") {
        signer s;
        person_keys const bobs(matrix::user_id("@bob:b"), 4);
        auto answer = s.published;
        answer["master_keys"].as_object()[bobs.user.str()] = bobs.master;
        auto const user = s.vouch(bobs.user, matrix::device_id("LAPTOP"), no_key, master_of(bobs), answer);
        REQUIRE(user.has_value());
        auto const& their_master = user->at(bobs.user.str()).at(master_of(bobs)).as_object();
        CHECK(their_master.at("signatures").as_object().contains(s.me.me.str()));
        CHECK(their_master.at("keys") == bobs.master.at("keys"));
        party phone("@me:b", "PHONE", 5);
        answer = s.published;
        answer["device_keys"].emplace_object()[s.me.me.str()].emplace_object()["PHONE"] = phone.published();
        auto const device = s.vouch(s.me.me, phone.device, ed25519_of(phone), "", answer);
        REQUIRE(device.has_value());
        CHECK(device->at(s.me.me.str()).as_object().contains("PHONE"));
    }

    TEST_CASE("nothing is signed but what was proved, and nothing with an identity that was replaced") {
        signer s;
        person_keys const bobs(matrix::user_id("@bob:b"), 4);
        person_keys const others(bobs.user, 5);
        party phone("@me:b", "PHONE", 5);
        auto answer = s.published;
        answer["master_keys"].as_object()[bobs.user.str()] = others.master;
        answer["device_keys"].emplace_object()[s.me.me.str()].emplace_object()["PHONE"] = phone.published();
        CHECK_FALSE(s.vouch(bobs.user, matrix::device_id("LAPTOP"), no_key, master_of(bobs), answer).has_value());
        CHECK_FALSE(s.vouch(bobs.user, matrix::device_id("LAPTOP"), no_key, "", answer).has_value());
        CHECK_FALSE(s.vouch(s.me.me, phone.device, no_key, "", answer).has_value());
        CHECK_FALSE(s.vouch(s.me.me, matrix::device_id("TABLET"), ed25519_of(phone), "", answer).has_value());
        CHECK(s.vouch(s.me.me, phone.device, ed25519_of(phone), "", answer).has_value());
        // Somebody has made a new identity for our account since.
        person_keys const newer(s.me.me, 6);
        answer["master_keys"].as_object()[s.me.me.str()] = newer.master;
        CHECK_FALSE(s.vouch(s.me.me, phone.device, ed25519_of(phone), "", answer).has_value());
        answer["master_keys"].as_object().erase(s.me.me.str());
        CHECK_FALSE(s.vouch(s.me.me, phone.device, ed25519_of(phone), "", answer).has_value());
    }
}

}  // namespace chatrixcd::test
