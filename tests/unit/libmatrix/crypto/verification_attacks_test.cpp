// SPDX-License-Identifier: Apache-2.0
// What somebody on the way can do to two people who verify each other.
#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <functional>
#include <span>
#include <string>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

#include "crypto/primitives/hashes.hpp"
#include "crypto/verification/sas_keys.hpp"
#include "support/sas_pair.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using step = verification_step;

namespace {

// What promises a key ("Short Authentication String (SAS) verification").
std::string commitment_of(std::string const& key, std::string const& start) {
    auto const digest = sha256(key + start);
    return protocol::encode_base64(std::as_bytes(std::span<char const>(digest)));
}

}  // namespace

TEST_SUITE("matrix::crypto::verification attacks") {
    TEST_CASE("whoever stands between them with a key of their own is found out, or shows two people different codes") {
        for (bool const promises : {false, true}) {
            CAPTURE(promises);
            sas_pair p;
            sas_keys eve(*p.random_);
            std::string start;
            p.attack = [&](std::string const&, std::string const& type, json::object& content) {
                if (type == "m.key.verification.start") start = protocol::canonical_json(content).value();
                if (type == "m.key.verification.accept" && promises) content["commitment"] = commitment_of(eve.public_key(), start);
                if (type == "m.key.verification.key") content["key"] = eve.public_key();
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            // Ann began: she was promised a key before she gave hers.
            if (!promises) {
                CHECK(p.ann.step() == step::cancelled);
                CHECK(p.ann.code() == "m.mismatched_commitment");
                continue;
            }
            REQUIRE(p.ann.step() == step::comparing);
            REQUIRE(p.bot.step() == step::comparing);
            CHECK(p.ann.codes()->emoji != p.bot.codes()->emoji);
            CHECK(p.ann.codes()->decimals != p.bot.codes()->decimals);
        }
    }

    TEST_CASE("a promise of another key than the one that comes is found out") {
        sas_pair p;
        sas_keys const eve(*p.random_);
        std::string start;
        p.attack = [&](std::string const&, std::string const& type, json::object& content) {
            if (type == "m.key.verification.start") start = protocol::canonical_json(content).value();
            if (type == "m.key.verification.accept") content["commitment"] = commitment_of(eve.public_key(), start);
        };
        p.bot.accept();
        p.talk();
        p.ann.begin();
        p.talk();
        CHECK(p.ann.code() == "m.mismatched_commitment");
    }

    TEST_CASE("a device or an identity with another key than is known is refused, and so is a list that was changed") {
        auto const refused = [](std::function<void(sas_pair&)> prepare, std::function<void(json::object&)> change) {
            sas_pair p;
            if (prepare) prepare(p);
            p.compare();
            p.attack = [&](std::string const& from, std::string const& type, json::object& content) {
                if (change && from == "bot" && type == "m.key.verification.mac") change(content);
            };
            p.ann.confirm();
            p.bot.confirm();
            p.talk();
            CHECK(p.ann.step() == step::cancelled);
            CHECK_FALSE(p.ann.proves_device());
            CHECK_FALSE(p.ann.proves_master());
            return p.ann.code();
        };
        CHECK(refused([](sas_pair& p) { p.ann.know("another key", p.bot_party.master); }, nullptr) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["mac"].as_object().erase("ed25519:BOTS"); }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["mac"].as_object()["ed25519:BOTS"] = "AAAA"; }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["mac"].as_object()["ed25519:master of bot"] = "AAAA"; }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["keys"] = "AAAA"; }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c.erase("mac"); }) == "m.invalid_message");
    }

    TEST_CASE("an identity that is not the known one is not proved, though the device is") {
        sas_pair p;
        p.ann.know(p.bot_party.ed25519, "another master");
        p.compare();
        p.ann.confirm();
        p.bot.confirm();
        p.talk();
        CHECK(p.ann.step() == step::done);
        CHECK(p.ann.proves_device());
        CHECK_FALSE(p.ann.proves_master());
    }

    TEST_CASE("a device that is named like its owner's identity proves nothing") {
        sas_pair p;
        p.ann.know(p.bot_party.ed25519, "BOTS");
        p.compare();
        p.ann.confirm();
        p.bot.confirm();
        p.talk();
        CHECK(p.ann.step() == step::cancelled);
        CHECK(p.ann.code() == "m.key_mismatch");
    }

    TEST_CASE("a key of low order and no key at all end it") {
        for (unsigned const kind : {0U, 1U, 2U}) {
            CAPTURE(kind);
            sas_pair p;
            p.attack = [&](std::string const& from, std::string const& type, json::object& content) {
                if (type != "m.key.verification.key" || from != "ann") return;
                if (kind == 0) content["key"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
                if (kind == 1) content["key"] = 7;
                if (kind == 2) content.erase("key");
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            CHECK(p.bot.step() == step::cancelled);
            CHECK(p.bot.code() == "m.invalid_message");
        }
    }

    TEST_CASE("our own key given back to us ends it, whoever could guess it") {
        // The same seed makes the same keys.
        std::string anns;
        std::string bots;
        sas_pair before;
        before.attack = [&](std::string const& from, std::string const& type, json::object& content) {
            if (type == "m.key.verification.key") (from == "ann" ? anns : bots) = content.at("key").as_string();
        };
        before.compare();
        for (bool const to_ann : {true, false}) {
            CAPTURE(to_ann);
            sas_pair p;
            std::string start;
            p.attack = [&](std::string const& from, std::string const& type, json::object& content) {
                if (type == "m.key.verification.start") start = protocol::canonical_json(content).value();
                if (type == "m.key.verification.accept" && to_ann) content["commitment"] = commitment_of(anns, start);
                if (type == "m.key.verification.key" && (from == "bot") == to_ann) content["key"] = to_ann ? anns : bots;
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            auto const& deceived = to_ann ? p.ann : p.bot;
            CHECK(deceived.step() == step::cancelled);
            CHECK(deceived.code() == "m.invalid_message");
        }
    }

    TEST_CASE("what is accepted is what was offered: no weaker MAC, hash or agreement") {
        auto const code = [](char const* member, json::value value) {
            sas_pair p;
            p.attack = [&](std::string const&, std::string const& type, json::object& content) {
                if (type == "m.key.verification.accept") content[member] = value;
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            CHECK(p.ann.step() == step::cancelled);
            CHECK_FALSE(p.ann.codes());
            return p.ann.code();
        };
        for (std::string const mac : {"hkdf-hmac-sha256", "hmac-sha256", "org.matrix.msc3783.hkdf-hmac-sha256", ""}) {
            CHECK(code("message_authentication_code", json::value(mac)) == "m.unknown_method");
        }
        for (std::string const hash : {"sha1", "sha512", "SHA256", ""}) CHECK(code("hash", json::value(hash)) == "m.unknown_method");
        for (std::string const agreement : {"curve25519", "curve25519-hkdf-sha512", ""}) {
            CHECK(code("key_agreement_protocol", json::value(agreement)) == "m.unknown_method");
        }
        CHECK(code("short_authentication_string", json::array{"emoji"}) == "m.unknown_method");
        CHECK(code("short_authentication_string", json::array()) == "m.unknown_method");
        CHECK(code("hash", json::array{"sha256"}) == "m.unknown_method");
    }

    TEST_CASE("methods, agreements and MACs that are not known here are refused") {
        auto const refused = [](std::function<void(json::object&)> change) {
            sas_pair p;
            p.attack = [&](std::string const&, std::string const& type, json::object& content) {
                if (type == "m.key.verification.start") change(content);
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            CHECK(p.ann.step() == step::cancelled);
            return p.bot.code();
        };
        CHECK(refused([](json::object& c) { c["method"] = "m.reciprocate.v1"; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["key_agreement_protocols"] = json::array{"curve25519"}; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["message_authentication_codes"] = json::array{"hkdf-hmac-sha256"}; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["hashes"] = "sha256"; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["from_device"] = "OTHER"; }) == "m.invalid_message");
        CHECK(refused([](json::object& c) { c["number"] = 0.5; }) == "m.invalid_message");
    }
}

}  // namespace chatrixcd::matrix::crypto
