// SPDX-License-Identifier: Apache-2.0
// An account's devices that pass keys on, and somebody who gives them to one alone.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "crypto/devices/own_devices.hpp"
#include "crypto/olm/requests.hpp"
#include "crypto/rooms/key_answers.hpp"
#include "crypto/rooms/key_requests.hpp"
#include "crypto/rooms/waiting.hpp"
#include "crypto/verification/verified_table.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

// A request that was queued.
struct queued {
    std::string type;
    json::object messages;  // by user and device

    json::object to(party const& whom) const { return messages.at(whom.me.str()).at(whom.device.str()).as_object(); }
    bool is_for(party const& whom) const {
        auto const* user = messages.if_contains(whom.me.str());
        return user != nullptr && user->as_object().contains(whom.device.str());
    }
};

// All that is queued; it is sent.
inline std::vector<queued> sent_by(party& who) {
    return who.in([](crypto::context const& with) {
        std::vector<queued> all;
        while (auto const next = crypto::next_request(with)) {
            all.push_back({next->type, base::parse_json_object(next->body).value().at("messages").as_object()});
            crypto::settle_request(with, next->id);
        }
        return all;
    });
}

class key_family {
public:
    key_family() {
        for (auto* each : {&asking, &holding}) {
            learn(*each, asking.me,
                  query_answer()
                      .person(ours)
                      .device(ours.sign_device(asking.published()))
                      .device(ours.sign_device(holding.published()))
                      .device(planted.published())
                      .get());
            learn(*each, alice.me, query_answer().person(alices).device(alices.sign_device(alice.published())).get());
            each->in([](crypto::context const& with) {
                crypto::keep_verified(with, with.me, crypto::find_identity(with, with.me)->keys.master);
            });
        }
        learn(planted, asking.me, query_answer().person(ours).device(ours.sign_device(asking.published())).get());
        learn(alice, asking.me, query_answer().person(ours).device(ours.sign_device(holding.published())).get());
        learn(mallory, asking.me, query_answer().person(ours).device(ours.sign_device(asking.published())).get());
        both.users = {alice.me, asking.me};
        for (auto const& [key, content] : share(alice, both, {&holding})) give(holding, alice.me, content);
        message = encrypt(alice, "hello");
        session = base::find_string(message, "session_id").value();
    }

    // An event of that session waits at the device that asks.
    void wait(std::string const& of_session, matrix::user_id const& sender, std::string const& id = "$1") {
        asking.in([&](crypto::context const& with) {
            crypto::waiting_event waiting;
            waiting.room = lobby;
            waiting.id = id;
            waiting.sender = sender;
            waiting.session = of_session;
            waiting.event = "{}";
            crypto::keep_waiting(with, waiting);
        });
    }
    std::vector<queued> ask(std::string const& token = "T") {
        asking.in([&](crypto::context const& with) { return crypto::ask_for_keys(with, token); });
        return sent_by(asking);
    }
    // What it is answered.
    std::vector<queued> answer(std::string const& token = "A") {
        auto const without = holding.in([](crypto::context const& with) { return crypto::review_questions(with); });
        if (!without.empty()) begin(holding, asking);
        holding.with_keys([&](auto const& with, auto& own) {
            while (crypto::answer_questions(with, own, token)) {
            }
        });
        return sent_by(holding);
    }
    void begin(party& from, party& with_whom) {
        json::object devices{{with_whom.device.str(), with_whom.one_time_key()}};
        json::object users;
        users[with_whom.me.str()] = std::move(devices);
        json::object const all{{"one_time_keys", std::move(users)}};
        auto const to = device_of(from, with_whom);
        auto const without = from.with_keys([&](auto const& with, auto& own) { return crypto::take_claim_answer(with, own, {to}, all); });
        REQUIRE(without.empty());
    }
    static crypto::device_row device_of(party& at, party const& whom) {
        return at.in([&](crypto::context const& with) { return crypto::find_device(with, whom.me, whom.device).value(); });
    }

    // The key as the device that holds it would pass it on.
    json::object forward(std::uint32_t from_index = 0) {
        return holding.in([&](crypto::context const& with) {
            auto const keys = crypto::room_keys_of(with, lobby, session);
            auto const& key = keys.at(0);
            json::object content{{"algorithm", crypto::megolm_algorithm}, {"room_id", lobby.str()}, {"session_id", session}};
            content["session_key"] = key.group->export_at(from_index).value().reveal();
            content["sender_key"] = key.sender_curve25519;
            content["sender_claimed_ed25519_key"] = key.sender_ed25519;
            content["forwarding_curve25519_key_chain"] = json::array();
            return content;
        });
    }
    taken pass_on(party& from, json::object const& content) {
        begin(from, asking);
        auto const to = device_of(from, asking);
        auto const sent = from.with_keys(
            [&](auto const& with, auto& own) { return crypto::write_to_device(with, own, to, "m.forwarded_room_key", content).value(); });
        return give(asking, from.me, sent);
    }
    taken request(json::object const& content, matrix::user_id const& sender) {
        return give(holding, sender, content, "m.room_key_request");
    }

    party asking{"@bot:b", "MAIN", 1};
    party holding{"@bot:b", "SIDE", 2};
    party planted{"@bot:b", "PLANTED", 3};
    party alice{"@alice:b", "PHONE", 4};
    party mallory{"@mallory:b", "EVIL", 5};
    person_keys ours{asking.me, 6};
    person_keys alices{alice.me, 7};
    crypto::audience both;
    json::object message;
    std::string session;
};

}  // namespace chatrixcd::test
