// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/driver.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "crypto/driver/curve25519.hpp"
#include "support/weak_keys.hpp"

namespace base = chatrixcd::base;
namespace crypto = chatrixcd::matrix::crypto;
namespace protocol = chatrixcd::protocol;
using base::error_kind;
using crypto::olm_message;

namespace {

using bytes = std::vector<std::byte>;

bytes decoded(std::string_view text) { return protocol::decode_base64(text).value(); }

// S + L in place of S, in the last 32 bytes: the second spelling of a signature.
void malleate(bytes& signed_bytes) {
    constexpr std::array<unsigned, 32> order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                             0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                             0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        auto& place = signed_bytes[signed_bytes.size() - order.size() + i];
        carry += std::to_integer<unsigned>(place) + order.at(i);
        place = static_cast<std::byte>(carry & 0xffU);
        carry >>= 8U;
    }
}

class people {
public:
    std::unique_ptr<base::random> random = base::make_seeded_random(7);
    std::unique_ptr<crypto::driver> olm = crypto::make_libolm_driver(*random);
    std::unique_ptr<crypto::account> alice = olm->make_account();
    std::unique_ptr<crypto::account> bob = olm->make_account();

    std::string bobs_key() {
        bob->make_one_time_keys(1);
        auto key = bob->unpublished_keys().at(0).key;
        bob->mark_as_published();
        return key;
    }
    std::unique_ptr<crypto::olm_session> to_bob() { return alice->begin_session(bob->curve25519(), bobs_key()).value(); }
};

}  // namespace

TEST_SUITE("matrix::crypto::driver") {
    TEST_CASE("two devices talk: a session begins with a one-time key, and both know it by one id") {
        people p;
        auto sending = p.to_bob();
        auto const first = sending->encrypt("hello");
        CHECK(first.type == 0);
        auto begun = p.bob->accept_session(p.alice->curve25519(), first).value();
        CHECK(begun.plaintext == "hello");
        CHECK(begun.session->id() == sending->id());
        CHECK(begun.session->began_with(p.alice->curve25519(), sending->encrypt("again")));
        CHECK_FALSE(begun.session->began_with(p.bob->curve25519(), first));
        auto const reply = begun.session->encrypt("hello yourself");
        CHECK(reply.type == 1);
        CHECK(sending->decrypt(reply).value() == "hello yourself");
        CHECK(sending->encrypt("now both know").type == 1);
    }

    TEST_CASE("a one-time key serves until it is forgotten, and a wrong message does not use it up") {
        people p;
        auto sending = p.to_bob();
        auto const first = sending->encrypt("hello");
        auto broken = first;
        broken.body.back() = broken.body.back() == 'A' ? 'B' : 'A';
        CHECK_FALSE(p.bob->accept_session(p.alice->curve25519(), broken).has_value());
        CHECK_FALSE(p.bob->accept_session(p.bob->curve25519(), first).has_value());
        auto begun = p.bob->accept_session(p.alice->curve25519(), first).value();
        p.bob->forget_one_time_key(*begun.session);
        CHECK_FALSE(p.bob->accept_session(p.alice->curve25519(), first).has_value());
    }

    TEST_CASE("a fallback key serves again and again, and the one before it until it is forgotten") {
        people p;
        p.bob->make_fallback_key();
        auto const first = p.bob->unpublished_fallback_key().at(0).key;
        p.bob->mark_as_published();
        CHECK(p.bob->unpublished_fallback_key().empty());
        auto const accepts = [&](std::string const& key) {
            auto const message = p.alice->begin_session(p.bob->curve25519(), key).value()->encrypt("x");
            auto begun = p.bob->accept_session(p.alice->curve25519(), message);
            if (begun) p.bob->forget_one_time_key(*begun->session);
            return begun.has_value();
        };
        CHECK(accepts(first));
        CHECK(accepts(first));
        p.bob->make_fallback_key();
        CHECK(p.bob->unpublished_fallback_key().at(0).key != first);
        CHECK(accepts(first));
        p.bob->forget_old_fallback_key();
        CHECK_FALSE(accepts(first));
    }

    TEST_CASE("a message is read once, and what is no message changes nothing") {
        people p;
        auto sending = p.to_bob();
        auto begun = p.bob->accept_session(p.alice->curve25519(), sending->encrypt("one")).value();
        auto const second = sending->encrypt("two");
        for (std::string const wrong : {"", "A", "AwAA", "not base64!", "AwogAAAA"}) {
            CHECK(begun.session->decrypt(olm_message{0, wrong}).error().kind() == error_kind::invalid);
            CHECK(begun.session->decrypt(olm_message{1, wrong}).error().kind() == error_kind::invalid);
        }
        CHECK(begun.session->decrypt(olm_message{2, second.body}).error().kind() == error_kind::invalid);
        CHECK(begun.session->decrypt(second).value() == "two");
        CHECK_FALSE(begun.session->decrypt(second).has_value());
    }

    TEST_CASE("each byte of a message that is changed makes it none") {
        people p;
        auto sending = p.to_bob();
        auto begun = p.bob->accept_session(p.alice->curve25519(), sending->encrypt("one")).value();
        auto const reply = begun.session->encrypt("a reply");
        auto const whole = decoded(reply.body);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            auto changed = whole;
            changed[i] ^= std::byte{0x20};
            CHECK_FALSE(sending->decrypt(olm_message{1, protocol::encode_base64(changed)}).has_value());
            bytes const shorter(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i));
            CHECK_FALSE(sending->decrypt(olm_message{1, protocol::encode_base64(shorter)}).has_value());
        }
        CHECK(sending->decrypt(reply).value() == "a reply");
    }

    TEST_CASE("no session begins with a key of which everybody knows the shared secret") {
        people p;
        auto const good = p.bobs_key();
        for (auto const& each : chatrixcd::test::weak_keys()) {
            auto const text = protocol::encode_base64(each);
            CAPTURE(text);
            CHECK_FALSE(crypto::checked_curve25519(text));
            CHECK_FALSE(p.alice->begin_session(text, good).has_value());
            CHECK_FALSE(p.alice->begin_session(p.bob->curve25519(), text).has_value());
        }
        for (std::string const& text : {std::string(), good.substr(1), good + "AAAA", std::string(43, '!')}) {
            CHECK_FALSE(p.alice->begin_session(text, good).has_value());
        }
        CHECK(crypto::checked_curve25519(good) == good);
        CHECK(crypto::checked_curve25519(good + "=") == good);
    }

    TEST_CASE("what an account signs is verified without its library") {
        people p;
        auto const key = protocol::verify_key::parse(p.alice->ed25519()).value();
        CHECK(key.verify("words", p.alice->sign("words")));
        CHECK_FALSE(key.verify("other words", p.alice->sign("words")));
    }

    TEST_CASE("keys that are published are not published again, and each has an id of its own") {
        people p;
        p.alice->make_one_time_keys(5);
        auto const keys = p.alice->unpublished_keys();
        REQUIRE(keys.size() == 5);
        for (auto const& each : keys) {
            CHECK(crypto::checked_curve25519(each.key) == each.key);
            CHECK(std::ranges::count(keys, each.id, &crypto::one_time_key::id) == 1);
        }
        p.alice->mark_as_published();
        CHECK(p.alice->unpublished_keys().empty());
        CHECK(p.alice->most_one_time_keys() >= 100);
    }

    TEST_CASE("what was pickled goes on where it was") {
        people p;
        auto sending = p.to_bob();
        auto const first = sending->encrypt("one");
        p.bob = p.olm->load_account(p.bob->pickle()).value();
        auto begun = p.bob->accept_session(p.alice->curve25519(), first).value();
        auto receiving = p.olm->load_session(begun.session->pickle()).value();
        sending = p.olm->load_session(sending->pickle()).value();
        CHECK(receiving->decrypt(sending->encrypt("two")).value() == "two");

        auto group = p.olm->make_outbound_group();
        auto reading = p.olm->make_inbound_group(group->session_key()).value();
        group = p.olm->load_outbound_group(group->pickle()).value();
        reading = p.olm->load_inbound_group(reading->pickle()).value();
        CHECK(reading->decrypt(group->encrypt("three")).value().text == "three");
    }

    TEST_CASE("a damaged pickle is an error of this machine, not of others") {
        people p;
        for (std::string const wrong : {"", "x", "AAAA"}) {
            base::secret const pickle(wrong);
            CHECK(p.olm->load_account(pickle).error().kind() == error_kind::environment);
            CHECK(p.olm->load_session(pickle).error().kind() == error_kind::environment);
            CHECK(p.olm->load_outbound_group(pickle).error().kind() == error_kind::environment);
            CHECK(p.olm->load_inbound_group(pickle).error().kind() == error_kind::environment);
        }
    }

    TEST_CASE("a group reads from the index at which it was given the key") {
        people p;
        auto group = p.olm->make_outbound_group();
        auto const before = group->encrypt("before");
        CHECK(group->index() == 1);
        auto late = p.olm->make_inbound_group(group->session_key()).value();
        CHECK(late->id() == group->id());
        CHECK(late->first_index() == 1);
        auto const after = group->encrypt("after");
        CHECK(late->decrypt(after).value().text == "after");
        CHECK(late->decrypt(after).value().index == 1);
        CHECK(late->decrypt(before).error().kind() == error_kind::not_found);
        CHECK(late->export_at(0).error().kind() == error_kind::not_found);
        group->encrypt("one more");
        auto const last = group->encrypt("last");
        auto imported = p.olm->import_inbound_group(late->export_at(3).value()).value();
        CHECK(imported->id() == group->id());
        CHECK(imported->decrypt(last).value().index == 3);
        CHECK(imported->decrypt(after).error().kind() == error_kind::not_found);
    }

    TEST_CASE("a session key must be signed, in the one spelling of its signature") {
        people p;
        auto group = p.olm->make_outbound_group();
        auto const good = decoded(group->session_key().reveal());
        auto const taken = [&](bytes const& key) {
            return p.olm->make_inbound_group(base::secret(protocol::encode_base64(key))).has_value();
        };
        REQUIRE(taken(good));
        for (std::size_t i = 0; i < good.size(); i += 7) {
            auto changed = good;
            changed[i] ^= std::byte{1};
            CHECK_FALSE(taken(changed));
        }
        auto second = good;
        malleate(second);
        CHECK_FALSE(taken(second));
        CHECK_FALSE(taken(bytes(good.begin(), good.end() - 64)));
        CHECK_FALSE(p.olm->import_inbound_group(group->session_key()).has_value());
    }

    TEST_CASE("each byte of a group's message that is changed makes it none, and so does its signature's second spelling") {
        people p;
        auto group = p.olm->make_outbound_group();
        auto reading = p.olm->make_inbound_group(group->session_key()).value();
        auto const message = group->encrypt("words");
        auto const whole = decoded(message);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            auto changed = whole;
            changed[i] ^= std::byte{0x10};
            CHECK_FALSE(reading->decrypt(protocol::encode_base64(changed)).has_value());
            CHECK_FALSE(reading->decrypt(protocol::encode_base64(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i))))
                            .has_value());
        }
        auto second = whole;
        malleate(second);
        CHECK_FALSE(reading->decrypt(protocol::encode_base64(second)).has_value());
        CHECK(reading->decrypt(message).value().text == "words");
    }

    TEST_CASE("texts of every length come through") {
        people p;
        auto sending = p.to_bob();
        auto begun = p.bob->accept_session(p.alice->curve25519(), sending->encrypt("")).value();
        CHECK(begun.plaintext.empty());
        auto group = p.olm->make_outbound_group();
        auto reading = p.olm->make_inbound_group(group->session_key()).value();
        for (std::size_t length = 0; length < 70; ++length) {
            std::string const text(length, 'x');
            CHECK(begun.session->decrypt(sending->encrypt(text)).value() == text);
            CHECK(reading->decrypt(group->encrypt(text)).value().text == text);
        }
    }
}
