// SPDX-License-Identifier: Apache-2.0
// Two devices with an Olm session between them, and what each hears of the other.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>

#include "crypto/olm/session_table.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

class olm_line {
public:
    explicit olm_line(std::string alices_device = "PHONE") : alice("@alice:b", std::move(alices_device), 1) {
        learn(alice, bob.me, query_answer().device(bob.published()).get());
        learn(bob, alice.me, query_answer().device(alice.published()).get());
        to_bob = alice.in([&](crypto::context const& with) { return crypto::devices_of(with, bob.me).at(0); });
        to_alice = bob.in([&](crypto::context const& with) { return crypto::devices_of(with, alice.me).at(0); });
        connect();
    }
    void connect() {
        json::object const keys{{"@bob:b", json::object{{"LAPTOP", bob.one_time_key()}}}};
        alice.with_keys([&](auto const& with, auto& own) {
            CHECK(crypto::take_claim_answer(with, own, {to_bob}, json::object{{"one_time_keys", keys}}).empty());
        });
    }
    json::object say(std::string const& word) {
        return alice.with_keys([&](auto const& with, auto& own) {
            return crypto::write_to_device(with, own, to_bob, "test.word", json::object{{"word", word}}).value();
        });
    }
    json::object reply(std::string const& word) {
        return bob.with_keys([&](auto const& with, auto& own) {
            return crypto::write_to_device(with, own, to_alice, "test.word", json::object{{"word", word}}).value();
        });
    }
    static std::variant<crypto::device_event, crypto::refused_event> hear(party& who, matrix::user_id const& from,
                                                                          json::object const& content) {
        return who.with_keys([&](auto const& with, auto& own) { return crypto::read_from_device(with, own, from, content); });
    }
    std::variant<crypto::device_event, crypto::refused_event> hear(json::object const& content) { return hear(bob, alice.me, content); }
    // A payload of any content, encrypted as Alice does; text that need be no JSON.
    json::object seal(std::string const& payload) {
        auto const message = alice.in([&](crypto::context const& with) {
            auto sessions = crypto::sessions_with(with, to_bob.curve25519);
            auto said = sessions.front().session->encrypt(payload);
            crypto::save_session(with, to_bob.curve25519, *sessions.front().session, false);
            return said;
        });
        json::object const cipher{{to_bob.curve25519, json::object{{"type", message.type}, {"body", message.body}}}};
        return json::object{{"algorithm", crypto::olm_algorithm}, {"sender_key", to_alice.curve25519}, {"ciphertext", cipher}};
    }
    // What Bob hears of it.
    std::variant<crypto::device_event, crypto::refused_event> hear_payload(json::object const& payload) {
        return hear(seal(json::serialize(payload)));
    }
    json::object good_payload(std::string const& type = "test.word", json::object content = {}) {
        json::object payload{{"type", type}, {"content", std::move(content)}, {"sender", "@alice:b"}, {"recipient", "@bob:b"}};
        payload["keys"] = json::object{{"ed25519", to_alice.ed25519}};
        payload["recipient_keys"] = json::object{{"ed25519", to_bob.ed25519}};
        return payload;
    }

    party alice;
    party bob{"@bob:b", "LAPTOP", 2};
    crypto::device_row to_bob;
    crypto::device_row to_alice;
};

inline std::string word(std::variant<crypto::device_event, crypto::refused_event> const& heard) {
    auto const* event = std::get_if<crypto::device_event>(&heard);
    return event == nullptr ? std::get<crypto::refused_event>(heard).words : base::find_string(event->content, "word").value_or("");
}
inline crypto::refusal why(std::variant<crypto::device_event, crypto::refused_event> const& heard) {
    return std::get<crypto::refused_event>(heard).why;
}

}  // namespace chatrixcd::test
