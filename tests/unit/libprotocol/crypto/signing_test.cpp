// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/signing.hpp>

#include <doctest/doctest.h>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/base64.hpp>

#include "golden.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;
using chatrixcd::base::error_kind;
using chatrixcd::base::secret;

namespace {

signing_key seeded_key(std::uint64_t seed) { return signing_key::generate(*chatrixcd::base::make_seeded_random(seed), "1"); }

}  // namespace

TEST_SUITE("signed JSON") {
    TEST_CASE("the test vectors of the specification") {
        auto const file = golden("signing.json");
        auto const key = signing_key::from_seed(secret(text_of(file.at("seed"))), text_of(file.at("key_version"))).value();
        CHECK(key.key_id() == "ed25519:1");
        for (auto const& vector : file.at("json").as_array()) {
            auto object = vector.at("object").as_object();
            REQUIRE(sign_json(object, "domain", key));
            CHECK(text_of(object.at("signatures").at("domain").at("ed25519:1")) == text_of(vector.at("signature")));
            CHECK(verify_json(object, "domain", "ed25519:1", key.public_key()));
        }
    }

    TEST_CASE("a signature holds until a covered byte changes") {
        auto const key = seeded_key(1);
        auto object = object_of(R"({"a":1,"unsigned":{"age":1},"signatures":{"other":{"ed25519:x":"abc"}}})");
        REQUIRE(sign_json(object, "me", key));
        CHECK(text_of(object.at("signatures").at("other").at("ed25519:x")) == "abc");
        object["unsigned"] = nullptr;
        CHECK(verify_json(object, "me", "ed25519:1", key.public_key()));
        object["a"] = 2;
        CHECK(verify_json(object, "me", "ed25519:1", key.public_key()).error().kind() == error_kind::forbidden);
    }

    TEST_CASE("another key's, signer's or malformed signature does not verify") {
        auto const key = seeded_key(1);
        auto object = object_of("{}");
        REQUIRE(sign_json(object, "me", key));
        CHECK_FALSE(verify_json(object, "me", "ed25519:1", seeded_key(2).public_key()));
        CHECK(verify_json(object, "you", "ed25519:1", key.public_key()).error().kind() == error_kind::not_found);
        CHECK(verify_json(object, "me", "ed25519:2", key.public_key()).error().kind() == error_kind::not_found);
        for (auto const* text : {R"({"signatures":1})", R"({"signatures":{"me":[]}})", R"({"signatures":{"me":{"ed25519:1":7}}})",
                                 R"({"signatures":{"me":{"ed25519:1":"not base64!"}}})", R"({"signatures":{"me":{"ed25519:1":"AAAA"}}})"}) {
            CAPTURE(text);
            CHECK_FALSE(verify_json(object_of(text), "me", "ed25519:1", key.public_key()));
        }
    }

    TEST_CASE("what cannot be signed is left as it was") {
        auto const key = seeded_key(1);
        for (auto const* text : {R"({"a":1.5})", R"({"signatures":[]})", R"({"signatures":{"me":1}})"}) {
            CAPTURE(text);
            auto object = object_of(text);
            CHECK(sign_json(object, "me", key).error().kind() == error_kind::invalid);
            CHECK(object == object_of(text));
        }
    }

    TEST_CASE("a key comes back from its seed") {
        auto const key = seeded_key(3);
        auto const again = signing_key::from_seed(key.seed(), "1").value();
        CHECK(again.public_key() == key.public_key());
        CHECK(again.sign("x") == key.sign("x"));
        CHECK(verify_key::parse(key.public_key().base64()).value().verify("x", encode_base64(key.sign("x"))));
        CHECK(seeded_key(4).public_key().base64() != key.public_key().base64());
    }

    TEST_CASE("malformed keys are refused") {
        CHECK_FALSE(signing_key::from_seed(secret("AAAA"), "1"));
        CHECK_FALSE(signing_key::from_seed(secret(""), "1"));
        CHECK_FALSE(signing_key::from_seed(seeded_key(1).seed(), "a:b"));
        CHECK_FALSE(signing_key::from_seed(seeded_key(1).seed(), ""));
        CHECK_FALSE(verify_key::parse("not a key"));
        CHECK_FALSE(verify_key::parse("AAAA"));
    }
}
