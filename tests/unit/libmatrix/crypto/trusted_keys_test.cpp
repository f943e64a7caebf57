// SPDX-License-Identifier: Apache-2.0
// Keys by which somebody is known from elsewhere, and what whoever runs the homeserver could make of them.
#include <doctest/doctest.h>

#include <chatrixcd/matrix/fingerprint.hpp>

#include "crypto/devices/trusted_keys.hpp"
#include "crypto/verification/verified_table.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

namespace {

matrix::user_id const bob("@bob:b");

std::string key_of(json::object const& identity) { return std::string(identity.at("keys").as_object().begin()->value().as_string()); }
std::string key_of(party& device) {
    return device.with_keys([](auto const&, auto& own) { return own.keys().ed25519(); });
}

// Bob with two devices that his identity signs.
class people {
public:
    json::object answer() {
        return query_answer().person(bobs).device(bobs.sign_device(laptop.published())).device(bobs.sign_device(phone.published())).get();
    }
    // The laptop says, too, that the identity is his.
    void let_laptop_vouch() {
        laptop.with_keys([&](auto const& with, auto& own) { crypto::sign_with(own.keys(), bobs.master, with.me, with.device); });
    }
    void trust(std::vector<std::string> const& keys) {
        std::vector<matrix::trusted_key> all;
        for (auto const& each : keys) all.push_back(matrix::trusted_key::parse(bob, each).value());
        me.in([&](crypto::context const& with) { crypto::set_trusted_keys(with, all); });
    }
    bool knows_identity() {
        return me.in([](crypto::context const& with) {
            auto const identity = crypto::find_identity(with, bob);
            return identity && crypto::is_verified(with, bob, identity->keys.master);
        });
    }
    // What is believed of a message of that device.
    matrix::trust believed_of(party& device, std::string const& id) {
        learn(device, me.me, query_answer().person(mine).device(mine.sign_device(me.published())).get());
        crypto::audience with_whom;
        with_whom.users = {me.me};
        for (auto const& [key, content] : share(device, with_whom, {&me})) give(me, bob, content);
        return std::get<crypto::clear_event>(read(me, bob, encrypt(device, "hello"), id)).believed;
    }

    party me{"@me:b", "BOT", 1};
    party laptop{"@bob:b", "LAPTOP", 2};
    party phone{"@bob:b", "PHONE", 3};
    person_keys bobs{bob, 4};
    person_keys mine{matrix::user_id("@me:b"), 5};
};

}  // namespace

TEST_SUITE("matrix::crypto::trusted_keys") {
    TEST_CASE("a master key stands for its identity and for the devices that it signs, until it is taken out of the list") {
        people p;
        p.trust({key_of(p.bobs.master)});
        CHECK(learn(p.me, bob, p.answer()).not_trusted.empty());
        CHECK(p.knows_identity());
        CHECK(p.believed_of(p.phone, "$1").user_verified);
        p.trust({});
        CHECK_FALSE(p.knows_identity());
        CHECK_FALSE(p.believed_of(p.phone, "$2").user_verified);
    }

    TEST_CASE("a device's key stands for that device alone, and for the identity once the device has signed it") {
        people p;
        p.trust({key_of(p.laptop)});
        CHECK(learn(p.me, bob, p.answer()).not_trusted.empty());
        CHECK(p.believed_of(p.laptop, "$1").user_verified);
        CHECK_FALSE(p.believed_of(p.phone, "$2").user_verified);
        CHECK_FALSE(p.knows_identity());
        p.let_laptop_vouch();
        CHECK(learn(p.me, bob, p.answer()).not_trusted.empty());
        CHECK(p.knows_identity());
        CHECK(p.believed_of(p.phone, "$3").user_verified);
    }

    TEST_CASE("an identity that somebody else made, and that signs the trusted device, is not believed") {
        people p;
        p.let_laptop_vouch();
        p.trust({key_of(p.laptop)});
        person_keys forged(bob, 6);
        party planted("@bob:b", "PLANTED", 7);
        auto const answer = [&] {
            auto const laptop = forged.sign_device(p.laptop.published());
            return query_answer().person(forged).device(laptop).device(forged.sign_device(planted.published())).get();
        };
        learn(p.me, bob, answer());
        CHECK_FALSE(p.knows_identity());
        CHECK(p.believed_of(planted, "$1").cross_signed);
        CHECK_FALSE(p.believed_of(planted, "$2").user_verified);
        // Neither with a signature that is another key's, or of another identity.
        forged.master["signatures"].emplace_object()["@bob:b"] = p.bobs.master.at("signatures").at("@bob:b");
        learn(p.me, bob, answer());
        CHECK_FALSE(p.knows_identity());
    }

    TEST_CASE("an identity that replaces the one of a trusted key is not believed, and the key is complained of") {
        people p;
        p.trust({key_of(p.bobs.master)});
        learn(p.me, bob, p.answer());
        person_keys other(bob, 6);
        auto const outcome = learn(p.me, bob, query_answer().person(other).device(other.sign_device(p.laptop.published())).get());
        REQUIRE(outcome.not_trusted.size() == 1);
        CHECK(outcome.not_trusted[0].find("@bob:b: " + key_of(p.bobs.master)) == 0);
        CHECK_FALSE(p.knows_identity());
    }

    TEST_CASE("a device that no identity signs, and a user without one, are known by no key") {
        people p;
        p.trust({key_of(p.laptop)});
        CHECK(learn(p.me, bob, query_answer().person(p.bobs).device(p.laptop.published()).get()).not_trusted.size() == 1);
        CHECK_FALSE(p.believed_of(p.laptop, "$1").user_verified);
        auto const outcome = learn(p.me, bob, query_answer().device(p.laptop.published()).get());
        REQUIRE(outcome.not_trusted.size() == 1);
        CHECK(outcome.not_trusted[0].find("no identity") != std::string::npos);
    }

    TEST_CASE("another user's key stands for nothing") {
        people p;
        person_keys others(matrix::user_id("@mallory:b"), 8);
        p.trust({key_of(p.bobs.master)});
        learn(p.me, others.user, query_answer().person(others).get());
        auto const knows = [&](matrix::user_id const& user, std::string const& master) {
            return p.me.in([&](crypto::context const& with) { return crypto::is_verified(with, user, master); });
        };
        CHECK(knows(bob, key_of(p.bobs.master)));
        CHECK_FALSE(knows(others.user, key_of(p.bobs.master)));
        CHECK_FALSE(knows(bob, ""));
    }

    TEST_CASE("users of new keys are asked about, of others only what is due") {
        people p;
        auto const due = [&] { return p.me.in([](crypto::context const& with) { return crypto::to_query(with).size(); }); };
        p.trust({key_of(p.bobs.master)});
        CHECK(due() == 1);
        learn(p.me, bob, p.answer());
        p.trust({key_of(p.bobs.master)});
        CHECK(due() == 0);
        p.trust({key_of(p.bobs.master), key_of(p.laptop)});
        CHECK(due() == 1);
    }

    TEST_CASE("a key is read as clients show it, and nothing else is one") {
        people p;
        auto const key = key_of(p.laptop);
        auto const shown = matrix::shown_fingerprint(key);
        CHECK(shown.size() == 43 + 10);
        CHECK(shown[4] == ' ');
        CHECK(matrix::parse_fingerprint(shown).value() == key);
        CHECK(matrix::parse_fingerprint(" " + key + "\t").value() == key);
        for (std::string const wrong : {"", "abcd", "not a key at all, but as long as one would be!", "@bob:b"}) {
            CAPTURE(wrong);
            CHECK(matrix::parse_fingerprint(wrong).error().kind() == base::error_kind::invalid);
            CHECK_FALSE(matrix::trusted_key::parse(bob, wrong).has_value());
        }
    }
}

}  // namespace chatrixcd::test
