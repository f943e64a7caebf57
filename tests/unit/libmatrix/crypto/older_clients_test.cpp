// SPDX-License-Identifier: Apache-2.0
// Clients that compare emoji as it was done before there were requests and a MAC without mistakes: on libolm's own functions.
#include <doctest/doctest.h>
#include <olm/sas.h>

#include <boost/json/array.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

#include "crypto/primitives/hashes.hpp"
#include "crypto/verification/faulty_base64.hpp"
#include "crypto/verification/verification.hpp"

namespace chatrixcd::matrix::crypto {
namespace {

namespace json = boost::json;
using step = verification_step;

base::time_point const begin{std::chrono::hours(24 * 365 * 50)};
verified_party const ann{user_id("@ann:test"), device_id("ANNS"), "ed25519 of ann", ""};
verified_party const bot{user_id("@bot:test"), device_id("BOTS"), "ed25519 of bot", "master of bot"};

class libolm_sas {
public:
    explicit libolm_sas(base::random& randomness) : memory_(olm_sas_size()), sas_(olm_sas(memory_.data())) {
        std::vector<std::byte> bytes(olm_create_sas_random_length(sas_));
        randomness.fill(bytes);
        REQUIRE(olm_create_sas(sas_, bytes.data(), bytes.size()) == 0);
        key_.resize(olm_sas_pubkey_length(sas_));
        olm_sas_get_pubkey(sas_, key_.data(), key_.size());
    }

    std::string const& public_key() const { return key_; }
    void agree(std::string theirs) { REQUIRE(olm_sas_set_their_key(sas_, theirs.data(), theirs.size()) == 0); }
    std::string bytes(std::string const& info, std::size_t count) {
        std::string made(count, '\0');
        REQUIRE(olm_sas_generate_bytes(sas_, info.data(), info.size(), made.data(), made.size()) == 0);
        return made;
    }
    std::string mac(std::string const& info, std::string const& of) { return mac_by(olm_sas_calculate_mac_fixed_base64, info, of); }
    std::string old_mac(std::string const& info, std::string const& of) { return mac_by(olm_sas_calculate_mac, info, of); }

private:
    std::string mac_by(decltype(&olm_sas_calculate_mac) how, std::string const& info, std::string const& of) {
        std::string made(olm_sas_mac_length(sas_), '\0');
        REQUIRE(how(sas_, of.data(), of.size(), info.data(), info.size(), made.data(), made.size()) == 0);
        return made;
    }

    std::vector<std::byte> memory_;
    OlmSAS* sas_;
    std::string key_;
};

json::object named(json::object content) {
    content["transaction_id"] = "t";
    return content;
}

// What matrix-nio 0.25 begins with.
json::object start_of_nio() {
    json::object content;
    content["from_device"] = "ANNS";
    content["method"] = "m.sas.v1";
    content["key_agreement_protocols"] = json::array{"curve25519", "curve25519-hkdf-sha256"};
    content["hashes"] = json::array{"sha256"};
    content["message_authentication_codes"] = json::array{"hkdf-hmac-sha256", "hmac-sha256"};
    content["short_authentication_string"] = json::array{"emoji", "decimal"};
    return named(std::move(content));
}

// A person at such a client, and the bot that is begun with.
class conversation {
public:
    explicit conversation(json::object begins_with = start_of_nio())
        : start(std::move(begins_with)),
          random_(base::make_seeded_random(1)),
          anns(*random_),
          bots(verification::answer_start(*random_, bot, ann.user, "t", start, begin)) {
        bots.know(ann.ed25519, ann.master);
    }

    // What the bot says, by type.
    std::map<std::string, json::object> heard() {
        std::map<std::string, json::object> all;
        for (auto& each : bots.take_events()) all.emplace(each.type.substr(verification_type), std::move(each.content));
        return all;
    }
    void say(std::string const& type, json::object content) {
        bots.take("m.key.verification." + type, named(std::move(content)), begin + std::chrono::seconds(1));
    }
    // Up to where people compare.
    void exchange_keys() {
        bots.accept();
        accepted = heard().at("accept");
        json::object ours;
        ours["key"] = anns.public_key();
        say("key", ours);
        bots_key = std::string(heard().at("key").at("key").get_string());
        anns.agree(bots_key);
    }
    std::string mac_info(verified_party const& from, verified_party const& to, std::string const& key) const {
        return "MATRIX_KEY_VERIFICATION_MAC" + from.user.str() + from.device.str() + to.user.str() + to.device.str() + "t" + key;
    }

    json::object start;
    std::unique_ptr<base::random> random_;
    libolm_sas anns;
    verification bots;
    json::object accepted;
    std::string bots_key;

private:
    static constexpr std::size_t verification_type = std::string_view("m.key.verification.").size();
};

std::string text(json::object const& from, std::string_view name) { return base::find_string(from, name).value_or(std::string()); }

}  // namespace

TEST_SUITE("matrix::crypto::verification of older clients") {
    TEST_CASE("whoever begins without having asked, and knows the old MAC alone, is verified and verifies") {
        conversation c;
        c.exchange_keys();
        CHECK(text(c.accepted, "key_agreement_protocol") == "curve25519-hkdf-sha256");
        CHECK(text(c.accepted, "message_authentication_code") == "hkdf-hmac-sha256");
        auto const promised = sha256(c.bots_key + protocol::canonical_json(c.start).value());
        CHECK(text(c.accepted, "commitment") == protocol::encode_base64(std::as_bytes(std::span<char const>(promised))));
        auto const info = "MATRIX_KEY_VERIFICATION_SAS|@ann:test|ANNS|" + c.anns.public_key() + "|@bot:test|BOTS|" + c.bots_key + "|t";
        auto const first = static_cast<unsigned char>(c.anns.bytes(info, 6).at(0));
        CHECK(c.bots.codes()->emoji.at(0) == static_cast<unsigned>(first) >> 2U);
        json::object macs;
        macs["ed25519:ANNS"] = c.anns.old_mac(c.mac_info(ann, bot, "ed25519:ANNS"), ann.ed25519);
        json::object mac;
        mac["keys"] = c.anns.old_mac(c.mac_info(ann, bot, "KEY_IDS"), "ed25519:ANNS");
        mac["mac"] = std::move(macs);
        c.say("mac", std::move(mac));
        c.bots.confirm();
        CHECK(c.bots.step() == step::done);
        CHECK(c.bots.proves_device());
        CHECK_FALSE(c.bots.proves_master());
        auto const heard = c.heard().at("mac");
        auto const& bots = heard.at("mac").as_object();
        CHECK(text(bots, "ed25519:BOTS") == c.anns.old_mac(c.mac_info(bot, ann, "ed25519:BOTS"), bot.ed25519));
        CHECK(text(heard, "keys") == c.anns.old_mac(c.mac_info(bot, ann, "KEY_IDS"), "ed25519:BOTS,ed25519:master of bot"));
    }

    TEST_CASE("nothing is said to a device that begins before our person accepts") {
        conversation c;
        CHECK(c.bots.step() == step::requested);
        CHECK_FALSE(c.bots.has_events());
        c.bots.begin();
        c.bots.confirm();
        CHECK_FALSE(c.bots.has_events());
        c.bots.accept();
        CHECK(c.bots.step() == step::started);
    }

    TEST_CASE("if both know the new MAC it is used, whatever is offered before it") {
        auto start = start_of_nio();
        start["message_authentication_codes"] = json::array{"hkdf-hmac-sha256", "hkdf-hmac-sha256.v2"};
        conversation c(start);
        c.exchange_keys();
        CHECK(text(c.accepted, "message_authentication_code") == "hkdf-hmac-sha256.v2");
        c.bots.confirm();
        auto const heard = c.heard().at("mac");
        CHECK(text(heard, "keys") == c.anns.mac(c.mac_info(bot, ann, "KEY_IDS"), "ed25519:BOTS,ed25519:master of bot"));
        // Old ones prove nothing then.
        json::object macs;
        macs["ed25519:ANNS"] = c.anns.old_mac(c.mac_info(ann, bot, "ed25519:ANNS"), ann.ed25519);
        json::object mac;
        mac["keys"] = c.anns.old_mac(c.mac_info(ann, bot, "KEY_IDS"), "ed25519:ANNS");
        mac["mac"] = std::move(macs);
        c.say("mac", std::move(mac));
        CHECK(c.bots.code() == "m.key_mismatch");
        CHECK_FALSE(c.bots.proves_device());
    }

    TEST_CASE("a correct MAC where the old one was agreed on proves nothing") {
        conversation c;
        c.exchange_keys();
        json::object macs;
        macs["ed25519:ANNS"] = c.anns.mac(c.mac_info(ann, bot, "ed25519:ANNS"), ann.ed25519);
        json::object mac;
        mac["keys"] = c.anns.mac(c.mac_info(ann, bot, "KEY_IDS"), "ed25519:ANNS");
        mac["mac"] = std::move(macs);
        c.say("mac", std::move(mac));
        CHECK(c.bots.code() == "m.key_mismatch");
    }

    TEST_CASE("of what older clients knew only that one MAC is taken, and only one way to agree on keys") {
        auto const refused = [](char const* member, json::array value) {
            auto start = start_of_nio();
            start[member] = std::move(value);
            conversation c(start);
            c.bots.accept();
            return c.bots.code();
        };
        CHECK(refused("message_authentication_codes", json::array{"hmac-sha256"}) == "m.unknown_method");
        CHECK(refused("key_agreement_protocols", json::array{"curve25519"}) == "m.unknown_method");
    }

    TEST_CASE("we never offer the old MAC, and whoever accepts it where we began is refused") {
        auto const random = base::make_seeded_random(1);
        auto ours = verification::ask(*random, bot, ann.user, ann.device, verification::place::devices, "t", begin);
        ours.know(ann.ed25519, ann.master);
        json::object ready;
        ready["from_device"] = "ANNS";
        ready["methods"] = json::array{"m.sas.v1"};
        ours.take("m.key.verification.ready", ready, begin);
        ours.begin();
        auto const start = ours.take_events().at(0).content;
        CHECK(start.at("message_authentication_codes") == json::array{"hkdf-hmac-sha256.v2"});
        json::object accept;
        accept["key_agreement_protocol"] = "curve25519-hkdf-sha256";
        accept["hash"] = "sha256";
        accept["message_authentication_code"] = "hkdf-hmac-sha256";
        accept["short_authentication_string"] = json::array{"decimal"};
        accept["commitment"] = "any";
        ours.take("m.key.verification.accept", accept, begin);
        CHECK(ours.code() == "m.unknown_method");
    }

    TEST_CASE("a second beginning, and what follows no beginning, end it") {
        for (std::string const type : {"start", "key", "mac", "ready"}) {
            CAPTURE(type);
            conversation c;
            c.say(type, start_of_nio());
            CHECK(c.bots.code() == "m.unexpected_message");
        }
    }

    TEST_CASE("a start that names no device is no beginning") {
        auto start = start_of_nio();
        start.erase("from_device");
        conversation c(start);
        CHECK(c.bots.code() == "m.invalid_message");
        c.bots.accept();
        CHECK(c.bots.step() == step::cancelled);
    }

    TEST_CASE("both MACs are those of libolm") {
        auto const random = base::make_seeded_random(2);
        for (int i = 0; i < 20; ++i) {
            libolm_sas theirs(*random);
            sas_keys ours(*random);
            theirs.agree(ours.public_key());
            REQUIRE(ours.agree(theirs.public_key()).has_value());
            auto const info = "info " + std::to_string(i);
            CHECK(ours.mac(info, "a key") == theirs.mac(info, "a key"));
            CHECK(ours.old_mac(info, "a key") == theirs.old_mac(info, "a key"));
        }
    }

    TEST_CASE("of the bytes of an old MAC six count") {
        std::string const mac = sha256("any");
        std::string counting;
        for (std::size_t i = 0; i < mac.size(); ++i) {
            auto other = mac;
            other[i] = static_cast<char>(other[i] ^ 0x55);
            if (faulty_base64(other) != faulty_base64(mac)) counting += std::to_string(i) + " ";
        }
        CHECK(counting == "0 1 2 4 5 8 ");
        CHECK(faulty_base64(mac).size() == 43);
    }
}

}  // namespace chatrixcd::matrix::crypto
