// SPDX-License-Identifier: Apache-2.0
#include "crypto/secrets/secret_storage.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::matrix::crypto {
namespace {

namespace json = boost::json;

// A key and its description as another implementation made them (matrix-rust-sdk's tests of its secret storage).
constexpr char const* known_key = "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd";
json::object known_description() {
    return base::parse_json_object(R"({"algorithm":"m.secret_storage.v1.aes-hmac-sha2","iv":"xv5b6/p3ExEw++wTyfSHEg==",)"
                                   R"("mac":"ujBBbXahnTAMkmPUX2/0+VTfUh63pGyVRuBcDMgmJC8="})")
        .value();
}

recovery_key key_of(std::string text) { return recovery_key::parse(secret(std::move(text))).value(); }

std::string refusal(std::string text) {
    auto const read = recovery_key::parse(secret(std::move(text)));
    return read ? "none" : read.error().message();
}

}  // namespace

TEST_SUITE("matrix::crypto::secrets") {
    TEST_CASE("a recovery key is read as it is written, whatever blanks are in it") {
        auto const random = base::make_seeded_random(7);
        for (unsigned i = 0; i < 200; ++i) {
            auto const made = recovery_key::make(*random);
            auto const text = made.text().reveal();
            CHECK(text.size() == 59);
            CHECK(text.starts_with("Es"));
            CHECK(key_of(text).bytes().reveal() == made.bytes().reveal());
        }
        CHECK(key_of(known_key).text().reveal() == known_key);
        CHECK(key_of("EsTj3yST\ty93FSLpBjJsz\neAXc2XzAygD3w69HfGaNTKBjjXEd ").text().reveal() == known_key);
    }

    TEST_CASE("what is no recovery key is refused, by what is wrong with it and without showing it") {
        std::string const key = known_key;
        CHECK(refusal(key.substr(0, 40)).find("EsTj") == std::string::npos);
        CHECK(refusal("").find("too short") != std::string::npos);
        CHECK(refusal(key.substr(0, 58)).find("too short") != std::string::npos);
        CHECK(refusal(key + "2").find("too long") != std::string::npos);
        CHECK(refusal("zzzz" + key.substr(4)).find("too long") != std::string::npos);
        CHECK(refusal("0" + key.substr(1)).find("a character that no such key has") != std::string::npos);
        CHECK(refusal("F" + key.substr(1)).find("mistyped") != std::string::npos);
        // Each place in turn: one wrong character does not go unnoticed.
        for (std::size_t i = 0; i < key.size(); ++i) {
            if (key[i] == ' ') continue;
            auto wrong = key;
            wrong[i] = key[i] == 'a' ? 'b' : 'a';
            CHECK(refusal(wrong) != "none");
        }
    }

    TEST_CASE("a key that another implementation described is known by its description, and no other is") {
        auto const random = base::make_seeded_random(7);
        secret_storage_key const known(key_of(known_key));
        secret_storage_key const other(recovery_key::make(*random));
        CHECK(known.fits(known_description()));
        CHECK_FALSE(other.fits(known_description()));
        CHECK(other.fits(other.describe(*random)));
        CHECK_FALSE(known.fits(other.describe(*random)));
    }

    TEST_CASE("a description without a check is believed; one that is half there, or of another algorithm, is not") {
        auto const random = base::make_seeded_random(7);
        secret_storage_key const key(recovery_key::make(*random));
        auto const without = [](json::object from, std::initializer_list<char const*> members) {
            for (auto const* member : members) from.erase(member);
            return from;
        };
        auto const whole = key.describe(*random);
        CHECK(key.fits(without(whole, {"iv", "mac"})));
        CHECK_FALSE(key.fits(without(whole, {"iv"})));
        CHECK_FALSE(key.fits(without(whole, {"mac"})));
        CHECK_FALSE(key.fits(without(whole, {"algorithm"})));
        auto other = whole;
        other["algorithm"] = "m.secret_storage.v2";
        CHECK_FALSE(key.fits(other));
        auto short_iv = whole;
        short_iv["iv"] = "AAAA";
        CHECK_FALSE(key.fits(short_iv));
    }

    TEST_CASE("a secret is read with its key and under its name alone, and not once it was changed") {
        auto const random = base::make_seeded_random(7);
        secret_storage_key const key(recovery_key::make(*random));
        secret_storage_key const other(recovery_key::make(*random));
        secret const what("the master's seed");
        auto const sealed = key.seal(*random, "m.cross_signing.master", what);
        auto const opened = key.open("m.cross_signing.master", sealed);
        REQUIRE(opened.has_value());
        CHECK(opened->reveal() == what.reveal());
        CHECK_FALSE(key.open("m.cross_signing.self_signing", sealed).has_value());
        CHECK_FALSE(other.open("m.cross_signing.master", sealed).has_value());
        for (char const* member : {"iv", "ciphertext", "mac"}) {
            CAPTURE(member);
            auto missing = sealed;
            missing.erase(member);
            CHECK_FALSE(key.open("m.cross_signing.master", missing).has_value());
            auto odd = sealed;
            odd[member] = "?";
            CHECK_FALSE(key.open("m.cross_signing.master", odd).has_value());
        }
        auto changed = sealed;
        auto text = base::find_string(sealed, "ciphertext").value();
        text[0] = text[0] == 'A' ? 'B' : 'A';
        changed["ciphertext"] = text;
        CHECK_FALSE(key.open("m.cross_signing.master", changed).has_value());
        for (std::size_t const size : {std::size_t{0}, std::size_t{8}, std::size_t{15}, std::size_t{17}, std::size_t{32}}) {
            CAPTURE(size);
            auto odd = sealed;
            odd["iv"] = protocol::encode_base64(std::vector<std::byte>(size));
            CHECK_FALSE(key.open("m.cross_signing.master", odd).has_value());
            auto description = key.describe(*random);
            description["iv"] = odd["iv"];
            CHECK_FALSE(key.fits(description));
        }
        // The same secret twice does not look the same.
        CHECK(key.seal(*random, "m.cross_signing.master", what) != sealed);
    }

    TEST_CASE("what is written has an initialisation vector of sixteen bytes, whose bit 63 is 0 for counters that do not carry over it") {
        auto const random = base::make_seeded_random(7);
        secret_storage_key const key(recovery_key::make(*random));
        for (unsigned i = 0; i < 64; ++i) {
            for (auto const& made : {key.describe(*random), key.seal(*random, "m.cross_signing.master", secret("x"))}) {
                auto const iv = protocol::decode_base64(base::find_string(made, "iv").value()).value();
                REQUIRE(iv.size() == 16);
                CHECK((iv[8] & std::byte{0x80}) == std::byte{0});
            }
        }
    }
}

}  // namespace chatrixcd::matrix::crypto
