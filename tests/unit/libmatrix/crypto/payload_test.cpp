// SPDX-License-Identifier: Apache-2.0
// What stands in a message between devices once it is decrypted: whom it says that it is from, and what shape it has.
#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include "support/key_family.hpp"
#include "support/olm_line.hpp"

namespace chatrixcd::test {

using crypto::refusal;

namespace {

bool is_refused(std::variant<crypto::device_event, crypto::refused_event> const& heard) {
    return std::holds_alternative<crypto::refused_event>(heard);
}

json::object key_of(crypto::outbound_group const& group) {
    json::object key{{"algorithm", crypto::megolm_algorithm}, {"room_id", lobby.str()}, {"session_id", group.id()}};
    key["session_key"] = group.session_key().reveal();
    return key;
}

// `good` without the member, and with values of every other kind in it.
std::vector<json::object> spoilt(json::object const& good, std::string const& member) {
    std::vector<json::object> all;
    auto changed = good;
    changed.erase(member);
    all.push_back(changed);
    json::value const other = good.at(member).is_object() ? json::value("text") : json::value(json::object());
    for (auto const& value : {json::value(7), json::value(nullptr), json::value(json::array{good.at(member)}), json::value(true), other}) {
        changed = good;
        changed[member] = value;
        all.push_back(changed);
    }
    return all;
}

}  // namespace

TEST_SUITE("matrix::crypto::payload") {
    TEST_CASE("keys that a message brings along are its sender's, of the device that encrypted it and that it names, however well signed") {
        olm_line l;
        party other("@alice:b", "PHONE", 5);
        auto const outcome = [&](json::object const& keys) {
            REQUIRE(crypto::read_device_keys(keys).has_value());
            auto payload = l.good_payload();
            payload["sender_device_keys"] = keys;
            return l.hear_payload(payload);
        };
        auto const mallorys = l.alice.with_keys(
            [](auto const& with, auto& own) { return crypto::own_device_keys(own.keys(), matrix::user_id("@mallory:b"), with.device); });
        auto const resigned = [](party& by, char const* key, party& of) {
            auto keys = by.published();
            keys["keys"].as_object()[key] = of.published().at("keys").at(key);
            keys.erase("signatures");
            by.with_keys([&](auto const& with, auto& own) { crypto::sign_with(own.keys(), keys, with.me, with.device); });
            return keys;
        };
        auto const another_curve25519 = resigned(l.alice, "curve25519:PHONE", other);
        auto const another_ed25519 = resigned(other, "curve25519:PHONE", l.alice);
        for (auto const& keys : {mallorys, another_curve25519, another_ed25519}) {
            auto const heard = outcome(keys);
            REQUIRE(is_refused(heard));
            CHECK(why(heard) == refusal::forged);
            CHECK(word(heard) == "sender_device_keys are of another device");
        }
        CHECK_FALSE(is_refused(outcome(l.alice.published())));
    }

    TEST_CASE("a device that is named like a key of its owner's identity is not vouched for by it") {
        person_keys const alices(matrix::user_id("@alice:b"), 3);
        auto const is_vouched_for = [&](olm_line& l, json::object const& keys) {
            learn(l.bob, l.alice.me, query_answer().person(alices).user_signing_of(alices).get());
            auto payload = l.good_payload();
            payload["sender_device_keys"] = keys;
            payload["keys"] = json::object{{"ed25519", crypto::read_device_keys(keys).value().ed25519}};
            auto const heard = l.hear_payload(payload);
            REQUIRE_FALSE(is_refused(heard));
            return std::get<crypto::device_event>(heard).device.value().is_cross_signed;
        };
        for (std::string const& name : {std::string("PHONE"), public_key_in(alices.master), public_key_in(alices.user_signing)}) {
            CAPTURE(name);
            olm_line l(name);
            CHECK(is_vouched_for(l, alices.sign_device(l.alice.published())) == (name == "PHONE"));
        }
        olm_line l;
        CHECK_FALSE(is_vouched_for(l, alices.self_signing_device(l.to_alice.curve25519)));
    }

    TEST_CASE("who claims another signing key than the device's is taken for no device, once that is known") {
        for (bool const is_true : {true, false}) {
            CAPTURE(is_true);
            olm_line l;
            person_keys const alices(l.alice.me, 3);
            party other("@alice:b", "OTHER", 5);
            l.bob.in([&](crypto::context const& with) { crypto::remove_device(with, l.alice.me, l.alice.device); });
            auto const group = l.alice.olm->make_outbound_group();
            auto payload = l.good_payload("m.room_key", key_of(*group));
            if (!is_true) payload["keys"] = json::object{{"ed25519", other.published().at("keys").at("ed25519:OTHER")}};
            REQUIRE(give(l.bob, l.alice.me, l.seal(json::serialize(payload))).keys.size() == 1);
            learn(l.bob, l.alice.me, query_answer().person(alices).device(alices.sign_device(l.alice.published())).get());
            json::object const text{{"type", "m.room.message"}, {"content", json::object()}, {"room_id", lobby.str()}};
            json::object const message{{"algorithm", crypto::megolm_algorithm},
                                       {"session_id", group->id()},
                                       {"ciphertext", group->encrypt(json::serialize(text))}};
            auto const said = read(l.bob, l.alice.me, message, "$1");
            auto const trust = std::get<crypto::clear_event>(said).believed;
            CHECK(trust.cross_signed == is_true);
            CHECK(trust.device.empty() == !is_true);
            CHECK(trust.fingerprint.empty() == !is_true);
        }
    }

    TEST_CASE("a message to a device that is encrypted as in a room is none, whoever has that room's key") {
        olm_line l;
        auto const group = l.alice.olm->make_outbound_group();
        auto const key = l.seal(json::serialize(l.good_payload("m.room_key", key_of(*group))));
        REQUIRE(give(l.bob, l.alice.me, key).keys.size() == 1);
        auto const another = l.alice.olm->make_outbound_group();
        json::object const message{{"algorithm", crypto::megolm_algorithm},
                                   {"session_id", group->id()},
                                   {"sender_key", l.to_alice.curve25519},
                                   {"ciphertext", group->encrypt(json::serialize(l.good_payload("m.room_key", key_of(*another))))}};
        CHECK(why(l.hear(message)) == refusal::malformed);
        auto const outcome = give(l.bob, l.alice.me, message);
        CHECK(outcome.keys.empty());
        CHECK(outcome.complaints.size() == 1);
    }

    TEST_CASE(
        "what is encrypted to a device is an object with all of its members, each of its kind; else it is refused and breaks nothing") {
        olm_line l;
        for (std::string const text : {"", "7", "[]", "null", "{", R"("text")"}) {
            CAPTURE(text);
            CHECK(why(l.hear(l.seal(text))) == refusal::malformed);
        }
        for (std::string const member : {"type", "content", "sender", "recipient", "keys", "recipient_keys"}) {
            for (auto const& payload : spoilt(l.good_payload(), member)) {
                CAPTURE(json::serialize(payload));
                CHECK(is_refused(l.hear_payload(payload)));
            }
        }
        for (std::string const member : {"keys", "recipient_keys"}) {
            auto payload = l.good_payload();
            for (auto const& keys : spoilt(payload.at(member).as_object(), "ed25519")) {
                payload[member] = keys;
                CHECK(is_refused(l.hear_payload(payload)));
            }
        }
        CHECK_FALSE(is_refused(l.hear_payload(l.good_payload())));
    }

    TEST_CASE("the key of a room has all of its members, each of its kind") {
        olm_line l;
        auto const group = l.alice.olm->make_outbound_group();
        auto const taken = [&](json::object const& key) {
            return give(l.bob, l.alice.me, l.seal(json::serialize(l.good_payload("m.room_key", key)))).keys.size();
        };
        auto const good = key_of(*group);
        for (std::string const member : {"algorithm", "room_id", "session_id", "session_key"}) {
            for (auto key : spoilt(good, member)) {
                CAPTURE(json::serialize(key));
                CHECK(taken(key) == 0);
                key[member] = "another text";
                CHECK(taken(key) == 0);
            }
        }
        CHECK(taken(good) == 1);
    }

    TEST_CASE("a key that is passed on has all of its members, each of its kind") {
        key_family f;
        f.wait(f.session, f.alice.me);
        f.ask();
        auto const good = f.forward();
        for (std::string const member : {"algorithm", "room_id", "session_id", "session_key", "sender_key", "sender_claimed_ed25519_key"}) {
            for (auto const& content : spoilt(good, member)) {
                CAPTURE(json::serialize(content));
                CHECK(f.pass_on(f.holding, content).keys.empty());
            }
        }
        CHECK(f.pass_on(f.holding, good).keys.size() == 1);
    }
}

}  // namespace chatrixcd::test
