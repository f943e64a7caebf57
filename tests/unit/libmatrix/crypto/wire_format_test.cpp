// SPDX-License-Identifier: Apache-2.0
// Messages of every shape, made byte by byte: what is malformed is refused before libolm sees it.
#include "crypto/driver/wire_format.hpp"

#include <doctest/doctest.h>

#include <functional>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/driver/driver.hpp"
#include "support/weak_keys.hpp"

namespace chatrixcd::test {

namespace crypto = matrix::crypto;
using crypto::olm_message;

namespace {

using bytes = std::vector<std::byte>;
using parts = std::vector<bytes>;

constexpr std::size_t mac = 8;
constexpr std::size_t signature = 64;

bytes number(unsigned tag, unsigned value) { return {static_cast<std::byte>(tag), static_cast<std::byte>(value)}; }

bytes field(unsigned tag, bytes const& value) {
    bytes made{static_cast<std::byte>(tag)};
    auto length = value.size();
    for (; length >= 0x80; length >>= 7U) made.push_back(static_cast<std::byte>((length & 0x7fU) | 0x80U));
    made.push_back(static_cast<std::byte>(length));
    made.insert(made.end(), value.begin(), value.end());
    return made;
}

// With a trailer of zeros, which are a canonical signature, though nobody's.
bytes message_of(parts const& all, std::size_t trailer) {
    bytes made{std::byte{3}};
    for (auto const& each : all) made.insert(made.end(), each.begin(), each.end());
    made.insert(made.end(), trailer, std::byte{0});
    return made;
}

bytes const good_key(32, std::byte{0x42});

parts olm_parts(std::size_t ciphertext, bytes const& key = good_key) {
    return {field(0x0a, key), number(0x10, 5), field(0x22, bytes(ciphertext, std::byte{7}))};
}
bytes olm_bytes(std::size_t ciphertext, bytes const& key = good_key) { return message_of(olm_parts(ciphertext, key), mac); }

parts pre_key_parts(bytes const& inner) {
    return {field(0x0a, good_key), field(0x12, good_key), field(0x1a, good_key), field(0x22, inner)};
}
bytes pre_key_bytes(bytes const& inner) { return message_of(pre_key_parts(inner), 0); }

parts group_parts(std::size_t ciphertext) { return {number(0x08, 5), field(0x12, bytes(ciphertext, std::byte{7}))}; }
bytes group_bytes(std::size_t ciphertext) { return message_of(group_parts(ciphertext), mac + signature); }

// Each field is there once, and none besides.
void check_fields(parts const& good, std::size_t trailer, std::function<bool(bytes const&)> const& is_one) {
    REQUIRE(is_one(message_of(good, trailer)));
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        auto changed = good;
        changed.push_back(good[i]);
        CHECK_FALSE(is_one(message_of(changed, trailer)));
        changed = good;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK_FALSE(is_one(message_of(changed, trailer)));
    }
    for (auto const& unknown : {number(0x18, 1), number(0x28, 1), field(0x2a, {}), field(0x7a, good_key)}) {
        auto changed = good;
        changed.push_back(unknown);
        CHECK_FALSE(is_one(message_of(changed, trailer)));
    }
    auto changed = message_of(good, trailer);
    changed.front() = std::byte{2};
    CHECK_FALSE(is_one(changed));
}

// A session between two devices, and a group.
class driven {
public:
    driven() {
        bob->make_one_time_keys(1);
        sending = alice->begin_session(bob->curve25519(), bob->unpublished_keys().at(0).key).value();
        first = sending->encrypt("hello");
        receiving = bob->accept_session(alice->curve25519(), first).value().session;
        group = olm->make_outbound_group();
        reading = olm->make_inbound_group(group->session_key()).value();
    }
    std::string words_to(bytes const& message, std::int64_t type) const {
        return receiving->decrypt({type, protocol::encode_base64(message)}).error().message();
    }
    std::string words_to_first(bytes const& message) const {
        return bob->accept_session(alice->curve25519(), {0, protocol::encode_base64(message)}).error().message();
    }
    std::string words_to_group(bytes const& message) const { return reading->decrypt(protocol::encode_base64(message)).error().message(); }

    std::unique_ptr<base::random> random = base::make_seeded_random(7);
    std::unique_ptr<crypto::driver> olm = crypto::make_libolm_driver(*random);
    std::unique_ptr<crypto::account> alice = olm->make_account();
    std::unique_ptr<crypto::account> bob = olm->make_account();
    std::unique_ptr<crypto::olm_session> sending;
    std::unique_ptr<crypto::olm_session> receiving;
    std::unique_ptr<crypto::outbound_group> group;
    std::unique_ptr<crypto::inbound_group> reading;
    olm_message first;
};

constexpr char const* malformed = "a malformed Olm message";
constexpr char const* malformed_first = "a malformed Olm pre-key message";
constexpr char const* malformed_group = "a malformed Megolm message";

}  // namespace

TEST_SUITE("matrix::crypto::wire_format") {
    TEST_CASE("a ciphertext is one block or more, and whole ones; libolm is given no other") {
        driven d;
        for (std::size_t const length : {0U, 1U, 15U, 16U, 17U, 31U, 32U, 33U}) {
            CAPTURE(length);
            bool const is_whole = length == 16 || length == 32;
            CHECK(crypto::is_olm_message(olm_bytes(length)) == is_whole);
            CHECK(crypto::is_pre_key_message(pre_key_bytes(olm_bytes(length))) == is_whole);
            CHECK(crypto::is_group_message(group_bytes(length)) == is_whole);
            CHECK((d.words_to(olm_bytes(length), 1) == malformed) == !is_whole);
            CHECK((d.words_to(pre_key_bytes(olm_bytes(length)), 0) == malformed_first) == !is_whole);
            CHECK((d.words_to_first(pre_key_bytes(olm_bytes(length))) == malformed_first) == !is_whole);
            CHECK((d.words_to_group(group_bytes(length)) == malformed_group) == !is_whole);
        }
        CHECK(d.receiving->decrypt(d.sending->encrypt("still there")).value() == "still there");
    }

    TEST_CASE("each field of a message stands there once, and none that is not known") {
        check_fields(olm_parts(16), mac, [](bytes const& b) { return crypto::is_olm_message(b); });
        check_fields(pre_key_parts(olm_bytes(16)), 0, [](bytes const& b) { return crypto::is_pre_key_message(b); });
        check_fields(group_parts(16), mac + signature, [](bytes const& b) { return crypto::is_group_message(b); });
    }

    TEST_CASE("libolm is given no message with a field twice or an unknown one") {
        driven d;
        for (std::size_t i = 0; i < 5; ++i) {
            CAPTURE(i);
            auto const with_more = [&](parts all) {
                all.push_back(i < all.size() ? all[i] : field(0x7a, good_key));
                return all;
            };
            CHECK(d.words_to(message_of(with_more(olm_parts(16)), mac), 1) == malformed);
            CHECK(d.words_to_first(message_of(with_more(pre_key_parts(olm_bytes(16))), 0)) == malformed_first);
            CHECK(d.words_to_group(message_of(with_more(group_parts(16)), mac + signature)) == malformed_group);
        }
    }

    TEST_CASE("a key in a message has 32 bytes") {
        for (std::size_t const length : {0U, 31U, 33U, 64U}) {
            CAPTURE(length);
            bytes const key(length, std::byte{0x42});
            CHECK_FALSE(crypto::is_olm_message(olm_bytes(16, key)));
            for (std::size_t i = 0; i < 3; ++i) {
                auto all = pre_key_parts(olm_bytes(16));
                all[i] = field(std::to_integer<unsigned>(all[i].front()), key);
                CHECK_FALSE(crypto::is_pre_key_message(message_of(all, 0)));
            }
        }
    }

    TEST_CASE("no message has a key of which everybody knows the shared secret, whichever of its keys it is") {
        driven d;
        for (auto const& weak : weak_keys()) {
            CAPTURE(protocol::encode_base64(weak));
            CHECK(d.words_to(olm_bytes(16, weak), 1) == malformed);
            CHECK(d.words_to_first(pre_key_bytes(olm_bytes(16, weak))) == malformed_first);
            for (std::size_t i = 0; i < 3; ++i) {
                CAPTURE(i);
                auto all = pre_key_parts(olm_bytes(16));
                all[i] = field(std::to_integer<unsigned>(all[i].front()), weak);
                CHECK(d.words_to_first(message_of(all, 0)) == malformed_first);
                CHECK(d.words_to(message_of(all, 0), 0) == malformed_first);
            }
            auto const whose = protocol::encode_base64(weak);
            CHECK(d.bob->accept_session(whose, d.first).error().message() == "a key that is no usable Curve25519 key");
            CHECK_FALSE(d.receiving->began_with(whose, d.first));
        }
    }
}

}  // namespace chatrixcd::test
