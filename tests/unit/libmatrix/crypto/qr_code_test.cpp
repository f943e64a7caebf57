// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/qr_code.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::matrix::crypto {
namespace {

std::string counted(unsigned from, std::size_t size) {
    std::string made;
    for (std::size_t i = 0; i < size; ++i) made += static_cast<char>(from + i);
    return made;
}

std::string base64(std::string const& bytes) { return protocol::encode_base64(std::as_bytes(std::span<char const>(bytes))); }

// The example of the specification: the first bytes of the id and of the keys are its own.
std::string const id = "!ABCD" + std::string(40, 'x');
std::string const anns_master = counted(0x00, 32);
std::string const bots_master = counted(0x10, 32);
std::string const anns_device = counted(0x40, 32);
std::string const bots_device = counted(0x80, 32);
std::string const specified = std::string("MATRIX\x02\x00\x00\x2D", 10) + id + anns_master + bots_master + counted(0x20, 8);

verified_party ann() { return {user_id("@ann:test"), device_id("ANNS"), base64(anns_device), base64(anns_master)}; }
verified_party bot() { return {user_id("@bot:test"), device_id("BOTS"), base64(bots_device), base64(bots_master)}; }
// Another device of Ann's. Without the identity it does not trust it.
verified_party anns_other(bool trusts) {
    return {user_id("@ann:test"), device_id("OTHER"), base64(bots_device), trusts ? base64(anns_master) : std::string()};
}

bool is_refused(std::string const& bytes) { return !decode_qr_code(bytes).has_value(); }

}  // namespace

TEST_SUITE("matrix::crypto::qr_code") {
    TEST_CASE("the specification's example is read, and written as it stands there") {
        auto const read = decode_qr_code(specified);
        REQUIRE(read.has_value());
        CHECK(read->keys.mode == qr_mode::other_user);
        CHECK(read->id == id);
        CHECK(base64(read->keys.first).starts_with("AAECAwQFBg"));
        CHECK(base64(read->keys.second).starts_with("EBESExQVFh"));
        CHECK(base64(read->secret.reveal()) == "ICEiIyQlJic");
        CHECK(encode_qr_code(*read).value().reveal() == specified);
    }

    TEST_CASE("each mode is read as what it is, and no other is") {
        for (unsigned mode = 0; mode < 256; ++mode) {
            CAPTURE(mode);
            auto bytes = specified;
            bytes[7] = static_cast<char>(mode);
            auto const read = decode_qr_code(bytes);
            CHECK(read.has_value() == (mode <= 2));
            if (read) CHECK(static_cast<unsigned>(read->keys.mode) == mode);
        }
    }

    TEST_CASE("what is cut off anywhere, or has less than eight bytes of secret, is none") {
        for (std::size_t size = 0; size < specified.size(); ++size) CHECK(is_refused(specified.substr(0, size)));
        CHECK_FALSE(is_refused(specified + "more of the secret"));
    }

    TEST_CASE("another header, another version, an id beyond the end, no id, and too much are refused") {
        auto const with = [](std::size_t at, char byte) {
            auto bytes = specified;
            bytes[at] = byte;
            return bytes;
        };
        CHECK(is_refused(with(0, 'm')));
        CHECK(is_refused(with(6, '\x01')));
        CHECK(is_refused(with(6, '\x03')));
        CHECK(is_refused(with(8, '\xFF')));
        CHECK(is_refused(with(9, '\x2E')));
        CHECK(is_refused(std::string("MATRIX\x02\x00\x00\x00", 10) + std::string(80, 'k')));
        CHECK(is_refused(specified + std::string(2953, 's')));
        CHECK_FALSE(is_refused(specified + std::string(2953 - specified.size(), 's')));
    }

    TEST_CASE("an id of more than 255 bytes needs both bytes of its length") {
        auto code = decode_qr_code(specified).value();
        code.id = std::string(300, 'i');
        auto const again = decode_qr_code(encode_qr_code(code).value().reveal());
        CHECK(again.value().id == code.id);
        CHECK(again.value().secret.reveal() == code.secret.reveal());
    }

    TEST_CASE("what could not be read is not written") {
        auto const refuses = [](auto change) {
            auto code = decode_qr_code(specified).value();
            change(code);
            return !encode_qr_code(code).has_value();
        };
        CHECK(refuses([](qr_code& c) { c.keys.first.pop_back(); }));
        CHECK(refuses([](qr_code& c) { c.keys.second += 'k'; }));
        CHECK(refuses([](qr_code& c) { c.id.clear(); }));
        CHECK(refuses([](qr_code& c) { c.id = std::string(65536, 'i'); }));
        CHECK(refuses([](qr_code& c) { c.id = std::string(2900, 'i'); }));
        CHECK(refuses([](qr_code& c) { c.secret = base::secret("1234567"); }));
    }

    TEST_CASE("another user is shown both identities; a device of ours, the identity that one of the two trusts") {
        CHECK(qr_keys_of(ann(), bot()) == qr_keys{qr_mode::other_user, anns_master, bots_master});
        CHECK(qr_keys_of(ann(), anns_other(true)) == qr_keys{qr_mode::trusts_identity, anns_master, bots_device});
        // It is told of the identity by the homeserver: that is what it asks to be confirmed.
        CHECK(qr_keys_of(anns_other(false), ann()) == qr_keys{qr_mode::learns_identity, bots_device, anns_master});
    }

    TEST_CASE("without an identity, or with a key that is none, there is nothing to show") {
        auto nobody = bot();
        nobody.master.clear();
        CHECK_FALSE(qr_keys_of(ann(), nobody).has_value());
        CHECK_FALSE(qr_keys_of(nobody, ann()).has_value());
        auto wrong = ann();
        wrong.ed25519 = "AAAA";
        CHECK_FALSE(qr_keys_of(anns_other(true), wrong).has_value());
        auto neither = ann();
        neither.master.clear();
        CHECK_FALSE(qr_keys_of(anns_other(false), neither).has_value());
    }

    TEST_CASE("a code with the keys that are known proves what its mode says, on either side") {
        CHECK(proof_of_scanned(qr_keys_of(bot(), ann()).value(), ann(), bot()) == qr_proof{false, true});
        CHECK(proof_of_shown(qr_mode::other_user) == qr_proof{false, true});
        // The new device scans that of the one that trusts the identity, which then knows the new one.
        CHECK(proof_of_scanned(qr_keys_of(ann(), anns_other(false)).value(), anns_other(false), ann()) == qr_proof{false, true});
        CHECK(proof_of_shown(qr_mode::trusts_identity) == qr_proof{true, false});
        // Or the other way round.
        CHECK(proof_of_scanned(qr_keys_of(anns_other(false), ann()).value(), ann(), anns_other(false)) == qr_proof{true, false});
        CHECK(proof_of_shown(qr_mode::learns_identity) == qr_proof{false, true});
    }

    TEST_CASE("a code whose first key is not theirs, or whose second is not ours, proves nothing in any mode") {
        auto const proves_nothing = [](verified_party const& shows, verified_party const& scans) {
            auto const keys = qr_keys_of(shows, scans).value();
            auto first = keys;
            first.first[31] = '\x7F';
            auto second = keys;
            second.second[0] = '\x7F';
            CHECK(proof_of_scanned(keys, scans, shows).has_value());
            CHECK_FALSE(proof_of_scanned(first, scans, shows).has_value());
            CHECK_FALSE(proof_of_scanned(second, scans, shows).has_value());
        };
        proves_nothing(bot(), ann());
        proves_nothing(ann(), anns_other(false));
        proves_nothing(ann(), anns_other(true));
        proves_nothing(anns_other(false), ann());
    }

    TEST_CASE("a code of another mode proves nothing: of ourselves to another user, of another user to ourselves") {
        for (auto const mode : {qr_mode::trusts_identity, qr_mode::learns_identity}) {
            auto keys = qr_keys_of(bot(), ann()).value();
            keys.mode = mode;
            CHECK_FALSE(proof_of_scanned(keys, ann(), bot()).has_value());
        }
        auto keys = qr_keys_of(ann(), anns_other(true)).value();
        keys.mode = qr_mode::other_user;
        CHECK_FALSE(proof_of_scanned(keys, anns_other(true), ann()).has_value());
    }

    TEST_CASE("a device that does not trust the identity confirms it to nobody") {
        auto new_one = ann();
        auto const published = new_one.master;
        new_one.master.clear();
        qr_keys const shown{qr_mode::learns_identity, bots_device, anns_master};
        auto them = anns_other(false);
        them.master = published;
        CHECK_FALSE(proof_of_scanned(shown, new_one, them).has_value());
    }
}

}  // namespace chatrixcd::matrix::crypto
