// SPDX-License-Identifier: Apache-2.0
// The fallback key: when it is changed, and for how long the one before still serves.
#include <doctest/doctest.h>

#include <optional>
#include <variant>

#include "support/crypto_party.hpp"

namespace chatrixcd::test {

namespace {

std::optional<json::object> upload(party& who) {
    return who.with_keys([](auto const&, auto& own) { return own.to_upload(); });
}
void note_uploaded(party& who) {
    who.with_keys([](auto const&, auto& own) {
        own.uploaded(json::object{{"one_time_key_counts", json::object{{"signed_curve25519", 50}}}});
    });
}
void note(party& who, std::optional<std::int64_t> one_time_keys, std::optional<bool> has_fallback) {
    who.with_keys([&](auto const&, auto& own) { own.note_counts(one_time_keys, has_fallback); });
}

}  // namespace

TEST_SUITE("matrix::crypto::fallback key") {
    TEST_CASE("what was begun with the old key is read for an hour after there is another, and no longer") {
        for (auto const waits : {std::chrono::minutes(59), std::chrono::minutes(60)}) {
            CAPTURE(waits.count());
            party alice("@alice:b", "PHONE", 1);
            party bob("@bob:b", "LAPTOP", 2);
            auto const first = upload(bob).value().at("fallback_keys").as_object();
            note_uploaded(bob);
            learn(alice, bob.me, query_answer().device(bob.published()).get());
            auto const to = alice.in([&](crypto::context const& with) { return crypto::devices_of(with, bob.me).at(0); });
            json::object const given{{"@bob:b", json::object{{"LAPTOP", first}}}};
            auto const message = alice.with_keys([&](auto const& with, auto& own) {
                CHECK(crypto::take_claim_answer(with, own, {to}, json::object{{"one_time_keys", given}}).empty());
                return crypto::write_to_device(with, own, to, "test.word", json::object()).value();
            });
            // Its use is known long after.
            bob.now += std::chrono::hours(48);
            note(bob, 50, false);
            CHECK(upload(bob).value().at("fallback_keys").as_object() != first);
            note_uploaded(bob);
            bob.now += waits;
            CHECK_FALSE(upload(bob));
            auto const heard =
                bob.with_keys([&](auto const& with, auto& own) { return crypto::read_from_device(with, own, alice.me, message); });
            CHECK(std::holds_alternative<crypto::device_event>(heard) == (waits == std::chrono::minutes(59)));
        }
    }

    TEST_CASE("a homeserver that says nothing of the fallback key gets no other one") {
        party bob("@bob:b", "LAPTOP", 2);
        upload(bob);
        note_uploaded(bob);
        note(bob, 10, std::nullopt);
        auto const next = upload(bob).value();
        CHECK(next.at("one_time_keys").as_object().size() == 40);
        CHECK_FALSE(next.contains("fallback_keys"));
        note(bob, 10, false);
        CHECK(upload(bob).value().contains("fallback_keys"));
    }
}

}  // namespace chatrixcd::test
