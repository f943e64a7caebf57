// SPDX-License-Identifier: Apache-2.0
// Two devices that talk in an encrypted room, and what one reads of the other.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>

#include "crypto/sealed_columns.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

// Alice and Bob, who know each other's devices.
class room_pair {
public:
    room_pair() {
        learn(alice, bob.me, query_answer().person(bobs).device(bobs.sign_device(bob.published())).get());
        learn(bob, alice.me, query_answer().person(alices).device(alices.sign_device(alice.published())).get());
        both.users = {alice.me, bob.me};
    }

    // Alice's key reaches Bob.
    taken introduce() {
        auto const sent = share(alice, both, {&bob});
        REQUIRE(sent.size() == 1);
        return give(bob, alice.me, sent.begin()->second);
    }

    party alice{"@alice:b", "PHONE", 1};
    party bob{"@bob:b", "LAPTOP", 2};
    person_keys alices{alice.me, 3};
    person_keys bobs{bob.me, 4};
    crypto::audience both;
};

// An m.room.encrypted with any text in it, encrypted as `from` does.
inline json::object encrypt_text(party& from, std::string const& text) {
    return from.in([&](crypto::context const& with) {
        auto const row = with.t.first("SELECT session_id, pickle FROM sending_key", {});
        auto pickle = with.t.unseal(crypto::sealed_in::sending_key, row->bytes(1)).value();
        auto const group = with.olm.load_outbound_group(base::secret(std::move(pickle))).value();
        json::object made{{"algorithm", crypto::megolm_algorithm}, {"session_id", row->text(0)}, {"ciphertext", group->encrypt(text)}};
        auto const turned = group->pickle();
        with.t.run("UPDATE sending_key SET pickle = ?1", {with.t.seal(crypto::sealed_in::sending_key, turned.reveal())});
        return made;
    });
}

inline std::string body_in(std::variant<crypto::clear_event, crypto::unreadable_event> const& said) {
    auto const* clear = std::get_if<crypto::clear_event>(&said);
    return clear == nullptr ? std::get<crypto::unreadable_event>(said).words : base::find_string(clear->content, "body").value_or("");
}
inline crypto::unreadable why(std::variant<crypto::clear_event, crypto::unreadable_event> const& said) {
    return std::get<crypto::unreadable_event>(said).why;
}
inline matrix::trust believed(std::variant<crypto::clear_event, crypto::unreadable_event> const& said) {
    return std::get<crypto::clear_event>(said).believed;
}

}  // namespace chatrixcd::test
