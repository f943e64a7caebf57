// SPDX-License-Identifier: Apache-2.0
// Whose devices are whose: what a homeserver says, and what of it is proved.
#include <doctest/doctest.h>

#include "support/crypto_party.hpp"

namespace chatrixcd::test {

namespace {

std::vector<crypto::device_row> known(party& who, matrix::user_id const& user) {
    return who.in([&](crypto::context const& with) { return crypto::devices_of(with, user); });
}
std::vector<crypto::query_entry> outdated(party& who) {
    return who.in([](crypto::context const& with) { return crypto::to_query(with); });
}

matrix::user_id const bob("@bob:b");

}  // namespace

TEST_SUITE("matrix::crypto::devices") {
    TEST_CASE("a device is known by its own signature, and is its owner's by theirs") {
        party me("@me:b", "BOT", 1);
        party laptop("@bob:b", "LAPTOP", 2);
        party planted("@bob:b", "PLANTED", 3);
        person_keys bobs(bob, 4);
        auto const answer = query_answer().person(bobs).device(bobs.sign_device(laptop.published())).device(planted.published()).get();
        CHECK(learn(me, bob, answer).refused.empty());
        auto const rows = known(me, bob);
        REQUIRE(rows.size() == 2);
        CHECK(rows[0].is_cross_signed);
        CHECK(rows[0].knows_megolm);
        CHECK_FALSE(rows[1].is_cross_signed);
    }

    TEST_CASE("keys of another user or device, without a signature, or changed, are of no device") {
        party me("@me:b", "BOT", 1);
        party laptop("@bob:b", "LAPTOP", 2);
        party other("@bob:b", "OTHER", 3);
        auto const refuses = [&](json::object keys, std::string const& under = "LAPTOP") {
            json::object const devices{{"@bob:b", json::object{{under, std::move(keys)}}}};
            auto const outcome = learn(me, bob, json::object{{"device_keys", devices}});
            return outcome.refused.size() == 1 && known(me, bob).empty();
        };
        auto const good = laptop.published();
        CHECK(refuses(good, "PHONE"));
        auto keys = good;
        keys["user_id"] = "@mallory:b";
        CHECK(refuses(keys));
        keys = good;
        keys.erase("signatures");
        CHECK(refuses(keys));
        keys = good;
        keys["keys"].as_object()["curve25519:LAPTOP"] = other.published().at("keys").at("curve25519:OTHER");
        CHECK(refuses(keys));
        keys = good;
        keys["keys"].as_object().erase("ed25519:LAPTOP");
        CHECK(refuses(keys));
        keys = good;
        keys["algorithms"] = json::array();
        CHECK(refuses(keys));
        keys = good;
        keys["keys"] = "none";
        CHECK(refuses(keys));
        CHECK_FALSE(refuses(good));
    }

    TEST_CASE("a device keeps the keys that it had; a new one under its name is refused until it was gone") {
        party me("@me:b", "BOT", 1);
        party laptop("@bob:b", "LAPTOP", 2);
        party impostor("@bob:b", "LAPTOP", 3);
        learn(me, bob, query_answer().device(laptop.published()).get());
        auto const first = known(me, bob).at(0).curve25519;
        CHECK(learn(me, bob, query_answer().device(impostor.published()).get()).refused.size() == 1);
        CHECK(known(me, bob).at(0).curve25519 == first);
        learn(me, bob, query_answer().get());
        CHECK(known(me, bob).empty());
    }

    TEST_CASE("two devices of a user have two keys, and none is called like a cross-signing key") {
        party me("@me:b", "BOT", 1);
        person_keys bobs(bob, 4);
        for (auto const* key : {&bobs.master, &bobs.self_signing, &bobs.user_signing}) {
            party confused("@bob:b", public_key_in(*key), 5);
            auto const signed_keys = bobs.sign_device(confused.published());
            CHECK(learn(me, bob, query_answer().person(bobs).user_signing_of(bobs).device(signed_keys).get()).refused.size() == 1);
            CHECK(known(me, bob).empty());
        }
        // Both signatures have one name, and are right.
        party stranger("@bob:b", "STRANGER", 8);
        auto const itself = bobs.self_signing_device(stranger.with_keys([](auto const&, auto& own) { return own.keys().curve25519(); }));
        REQUIRE(crypto::read_device_keys(itself).has_value());
        CHECK(learn(me, bob, query_answer().person(bobs).device(itself).get()).refused.size() == 1);
        CHECK(known(me, bob).empty());

        // The key of one device, signed by another.
        party first("@bob:b", "FIRST", 6);
        party second("@bob:b", "SECOND", 7);
        auto const borrowed = second.with_keys([&](auto const& with, auto& own) {
            json::object keys{{"user_id", "@bob:b"}, {"device_id", "SECOND"}, {"algorithms", json::array{crypto::megolm_algorithm}}};
            keys["keys"] = json::object{{"curve25519:SECOND", first.published().at("keys").at("curve25519:FIRST")},
                                        {"ed25519:SECOND", own.keys().ed25519()}};
            crypto::sign_with(own.keys(), keys, with.me, with.device);
            return keys;
        });
        CHECK(learn(me, bob, query_answer().device(first.published()).device(borrowed).get()).refused.size() == 1);
        CHECK(known(me, bob).size() == 1);
    }

    TEST_CASE("another identity is told of, and stays told of") {
        party me("@me:b", "BOT", 1);
        party laptop("@bob:b", "LAPTOP", 2);
        person_keys bobs(bob, 4);
        person_keys others(bob, 5);
        auto const identity = [&] { return me.in([](crypto::context const& with) { return crypto::find_identity(with, bob).value(); }); };
        CHECK(learn(me, bob, query_answer().person(bobs).get()).identity_changed.empty());
        CHECK_FALSE(identity().changed);
        CHECK(learn(me, bob, query_answer().person(others).get()).identity_changed == std::vector<matrix::user_id>{bob});
        CHECK(identity().changed);
        CHECK(learn(me, bob, query_answer().person(others).get()).identity_changed.empty());
        CHECK(identity().changed);
        // Without one nobody vouches for the devices, and the one that was pinned is pinned.
        learn(me, bob, query_answer().device(bobs.sign_device(laptop.published())).get());
        CHECK_FALSE(known(me, bob).at(0).is_cross_signed);
        CHECK(learn(me, bob, query_answer().person(bobs).get()).identity_changed.size() == 1);
    }

    TEST_CASE("a self-signing key that the master key did not sign vouches for nothing") {
        party me("@me:b", "BOT", 1);
        party laptop("@bob:b", "LAPTOP", 2);
        person_keys bobs(bob, 4);
        person_keys others(bob, 5);
        auto mixed = bobs;
        mixed.self_signing = others.self_signing;
        learn(me, bob, query_answer().person(mixed).device(others.sign_device(laptop.published())).get());
        CHECK_FALSE(known(me, bob).at(0).is_cross_signed);
    }

    TEST_CASE("an answer makes a list current only if it did not change since the question") {
        party me("@me:b", "BOT", 1);
        me.in([](crypto::context const& with) { crypto::track(with, bob); });
        auto const asked = outdated(me);
        REQUIRE(asked.size() == 1);
        auto const answer = [&](std::vector<crypto::query_entry> const& to) {
            me.in([&](crypto::context const& with) { crypto::take_query_answer(with, to, query_answer().get()); });
        };
        me.in([](crypto::context const& with) { crypto::mark_changed(with, bob); });
        auto const again = outdated(me);
        answer(again);
        CHECK(outdated(me).empty());
        me.in([](crypto::context const& with) { crypto::mark_changed(with, bob); });
        // The first question is answered last.
        answer(asked);
        CHECK(outdated(me).size() == 1);
    }

    TEST_CASE("nobody is asked about who is not tracked, and a homeserver that fails leaves its users to be asked again") {
        party me("@me:b", "BOT", 1);
        me.in([](crypto::context const& with) { crypto::mark_changed(with, bob); });
        CHECK(outdated(me).empty());
        me.in([](crypto::context const& with) { crypto::track(with, bob); });
        json::object const failed{{"failures", json::object{{"b", json::object()}}}};
        me.in([&](crypto::context const& with) {
            CHECK(crypto::take_query_answer(with, crypto::to_query(with), failed).failed.size() == 1);
        });
        CHECK(outdated(me).size() == 1);
        me.in([](crypto::context const& with) { crypto::untrack(with, bob); });
        CHECK(outdated(me).empty());
    }

    TEST_CASE("keys are made before they leave, are the same until the homeserver has them, and fifty are there") {
        party me("@me:b", "BOT", 1);
        auto const upload = [&] { return me.with_keys([](auto const&, auto& own) { return own.to_upload(); }); };
        auto const first = upload().value();
        CHECK(first.at("device_keys") == me.published());
        CHECK(first.at("one_time_keys").as_object().size() == 50);
        CHECK(first.at("fallback_keys").as_object().size() == 1);
        CHECK(upload().value() == first);
        auto const done = [&](int count) {
            me.with_keys([&](auto const&, auto& own) {
                own.uploaded(json::object{{"one_time_key_counts", json::object{{"signed_curve25519", count}}}});
            });
        };
        done(50);
        CHECK_FALSE(upload());
        auto const note = [&](std::optional<std::int64_t> count, std::optional<bool> fallback) {
            me.with_keys([&](auto const&, auto& own) { own.note_counts(count, fallback); });
        };
        note(47, true);
        auto const more = upload().value();
        CHECK(more.at("one_time_keys").as_object().size() == 3);
        CHECK_FALSE(more.contains("device_keys"));
        CHECK_FALSE(more.contains("fallback_keys"));
        done(50);
        note(50, false);
        CHECK(upload().value().at("fallback_keys").as_object().size() == 1);
        done(50);
        CHECK_FALSE(upload());
        // A count that is not there is none.
        note(std::nullopt, std::nullopt);
        CHECK(upload().value().at("one_time_keys").as_object().size() == 50);
    }

    TEST_CASE("another device of the account begins with keys of its own") {
        party me("@me:b", "BOT", 1);
        auto const first = me.published();
        me.device = matrix::device_id("BOT2");
        auto const second = me.published();
        CHECK(first.at("keys").at("ed25519:BOT") != second.at("keys").at("ed25519:BOT2"));
        CHECK(me.with_keys([](auto const&, auto& own) { return own.to_upload(); })->contains("device_keys"));
    }
}

}  // namespace chatrixcd::test
