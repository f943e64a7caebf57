// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/hashing.hpp>

#include <doctest/doctest.h>
#include <boost/json/value.hpp>

#include "golden.hpp"

using namespace chatrixcd::protocol;
using namespace chatrixcd::test;
using chatrixcd::base::error_kind;
using chatrixcd::base::secret;

TEST_SUITE("event hashes and signatures") {
    TEST_CASE("the test vectors of the specification") {
        auto const file = golden("signing.json");
        auto const key = signing_key::from_seed(secret(text_of(file.at("seed"))), text_of(file.at("key_version"))).value();
        server_name const domain(text_of(file.at("server_name")));
        for (auto const& vector : file.at("events").as_array()) {
            auto event = vector.at("object").as_object();
            REQUIRE(hash_and_sign(event, room_versions::v1, domain, key));
            CHECK(text_of(event.at("hashes").at("sha256")) == text_of(vector.at("hash")));
            CHECK(text_of(event.at("signatures").at("domain").at("ed25519:1")) == text_of(vector.at("signature")));
            CHECK(event.at("unsigned") == vector.at("object").at("unsigned"));
        }
    }

    TEST_CASE("reference hashes, in each version's alphabet") {
        auto const file = golden("redaction.json");
        for (auto const& vector : file.at("cases").as_array()) {
            CAPTURE(vector);
            auto const& event = file.at("events").at(text_of(vector.at("event"))).as_object();
            auto const& version = **find_room_version(text_of(vector.at("version")));
            CHECK(*reference_hash(event, version) == text_of(vector.at("reference_hash")));
            if (version.event_ids != event_id_format::given)
                CHECK(compute_event_id(event, version).value().str() == "$" + text_of(vector.at("reference_hash")));
        }
    }

    TEST_CASE("in the first versions an event carries its id") {
        CHECK(compute_event_id(object_of(R"({"event_id":"$x:y"})"), room_versions::v1).value() == event_id("$x:y"));
        CHECK_FALSE(compute_event_id(object_of("{}"), room_versions::v2));
    }

    TEST_CASE("a redacted event keeps its signature and its id but not its content hash") {
        auto const key = signing_key::generate(*chatrixcd::base::make_seeded_random(1), "k");
        server_name const server("example.org");
        auto event = object_of(R"({"type":"m.room.message","content":{"body":"x"},"sender":"@a:example.org","depth":1})");
        REQUIRE(hash_and_sign(event, room_versions::v11, server, key));
        CHECK(check_content_hash(event));
        auto const id = compute_event_id(event, room_versions::v11).value();

        event["content"].as_object().erase("body");
        CHECK(check_content_hash(event).error().kind() == error_kind::forbidden);
        CHECK(verify_event(event, room_versions::v11, server, key.key_id(), key.public_key()));
        CHECK(compute_event_id(event, room_versions::v11).value() == id);

        event["depth"] = 2;
        CHECK(verify_event(event, room_versions::v11, server, key.key_id(), key.public_key()).error().kind() == error_kind::forbidden);
        CHECK(compute_event_id(event, room_versions::v11).value() != id);
    }

    TEST_CASE("an event without a hash, or one that cannot be hashed, is told apart") {
        CHECK(check_content_hash(object_of("{}")).error().kind() == error_kind::not_found);
        CHECK(check_content_hash(object_of(R"({"hashes":{"sha256":1}})")).error().kind() == error_kind::not_found);
        CHECK(check_content_hash(object_of(R"({"a":1.5,"hashes":{"sha256":"AAAA"}})")).error().kind() == error_kind::invalid);
        CHECK(check_content_hash(object_of(R"({"hashes":{"sha256":"!"}})")).error().kind() == error_kind::forbidden);
    }
}
