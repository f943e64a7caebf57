// SPDX-License-Identifier: Apache-2.0
// Two people who verify each other by short codes, without a network between them.
#pragma once

#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/verification/verification.hpp"

namespace chatrixcd::matrix::crypto {

inline base::time_point const sas_begins{std::chrono::hours(24 * 365 * 50)};

inline verified_party sas_party(std::string user, std::string device) {
    return {user_id("@" + user + ":test"), device_id(device), "ed25519 of " + device, "master of " + user};
}

inline boost::json::object request_of(verified_party const& who) {
    boost::json::object content;
    content["from_device"] = who.device.str();
    content["methods"] = boost::json::array{"m.sas.v1"};
    content["timestamp"] = sas_begins.time_since_epoch().count();
    return content;
}

// Ann asks, the bot answers; what each says reaches the other, unless a test takes hold of it.
class sas_pair {
public:
    explicit sas_pair(verification::place where = verification::place::devices, std::string ann_device = "ANNS", std::uint64_t seed = 1,
                      device_id asked = {})
        : random_(base::make_seeded_random(seed)),
          ann_party(sas_party("ann", std::move(ann_device))),
          bot_party(sas_party("bot", "BOTS")),
          ann(verification::ask(*random_, ann_party, bot_party.user, std::move(asked), where, "$request", sas_begins)),
          bot(verification::answer(*random_, bot_party, ann_party.user, where, "$request", request_of(ann_party), sas_begins)) {
        ann.know(bot_party.ed25519, bot_party.master);
        bot.know(ann_party.ed25519, ann_party.master);
    }

    // Until nobody has anything to say.
    void talk() {
        for (bool said = true; said;) {
            said = false;
            for (auto const& event : ann.take_events()) {
                said = true;
                deliver(event, bot, "ann");
            }
            for (auto const& event : bot.take_events()) {
                said = true;
                deliver(event, ann, "bot");
            }
        }
    }
    void compare() {
        bot.accept();
        talk();
        ann.begin();
        talk();
        REQUIRE(ann.step() == verification_step::comparing);
        REQUIRE(bot.step() == verification_step::comparing);
    }

    std::unique_ptr<base::random> random_;
    verified_party ann_party;
    verified_party bot_party;
    verification ann;
    verification bot;
    // Changes what is on its way: (who says it, type, content).
    std::function<void(std::string const&, std::string const&, boost::json::object&)> attack;
    std::vector<std::string> types;

private:
    void deliver(verification_event const& event, verification& to, std::string const& from) {
        auto content = event.content;
        if (attack) attack(from, event.type, content);
        types.push_back(from + " " + event.type.substr(std::string("m.key.verification.").size()));
        to.take(event.type, content, sas_begins + std::chrono::seconds(1));
    }
};

}  // namespace chatrixcd::matrix::crypto
