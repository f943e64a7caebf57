// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/backup_key.hpp"

#include <doctest/doctest.h>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/backup/exported_session.hpp"

namespace chatrixcd::matrix::crypto {
namespace {

namespace json = boost::json;
using bytes = std::vector<std::byte>;

// A key, its public part, what was encrypted to it and what that is, as matrix-js-sdk's tests have them ("test-data").
constexpr char const* known_key = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=";
constexpr char const* known_public_key = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";
constexpr char const* known_session = "ipdI6Zs/7DzFTEhiA2iGaMDfHkIYCleqXT6L+5e1/co";
json::object known_data() {
    json::object made;
    made["ciphertext"] =
        "r6HRk2/Im2yJe5cLP8R81aVjFWjYWPHpw7TVxphiSK1cdIDZTTK57r6MfU+0i/mTPn+/PosT74OvYwCnehy2d1BPGxhDl8AhPcBu3//"
        "Kzlq2o5CssPsw+88gRehkAsPg9Zp5"
        "G9sL9to6giltvTWTbsaQpmvv3HLmBOYSFIxvyZrOT/"
        "Ffqu325f0IEsKcyV2BdIkw8Ob9Xt+VWoe4MYEGG6y1T8W125zeFgKWI4Ow76uput64H9zZjIo+Cc+hCTO9Ea4EnosS"
        "jizCotevkNck7C/zGgfhBikiohROb6SbaZgxicSsEDZ+f7brnri9yP3iXS3PMDHHpa1+XzG2VOG/"
        "Y9OQZpkPq+pbLrCC+NWJeJPslDAK5i+RURwzjnPmaHKCRHTq86CwhFyi"
        "CDf61MGwCY3xjrmBJg44BCdxWqCx0YJvwsvVqqnl4vTieUfrwThNPsQ81aVkDHvlmrgrTt8icDa8jTJhu34jem+pbRSEM5aJikV4B+zYiLz+dH/"
        "v6UpYA2eG8ReOvwpPXp6C"
        "AcIlplRPpWbMBeLFVcPkT4KAXTp9exFpB4on4pf8OsaDomlt4qAA0rhAZmhPWPKcU/A0Tz4gyMu54OivVtw1SPj+5Iq+YDQ8jB6Po3ApzMf6fwF9x/"
        "FjevbboFB05X2Jr0Nr"
        "bFqXMOUwXHMgDAGiIWX8+gkmmbaiNWqg2etjN94pobQSGZelb18XGN7kuwMk+Zwk7A";
    made["ephemeral"] = "q+P1WdRtEiPIEtNuuGrRcueZxUbLnSKdsuTAkxewXgU";
    made["mac"] = "OibmACbORhI";
    return made;
}

bytes decoded(json::object const& data, char const* member) {
    return protocol::decode_base64(base::find_string(data, member).value()).value();
}

}  // namespace

TEST_SUITE("matrix::crypto::backup_key") {
    TEST_CASE("what another implementation backed up is read with its key") {
        auto const key = backup_key::parse(secret(known_key));
        REQUIRE(key.has_value());
        CHECK(key->public_key() == known_public_key);
        CHECK(key->text().reveal() + "=" == known_key);
        auto const opened = key->open(known_data());
        REQUIRE(opened.has_value());
        auto const random = base::make_seeded_random(1);
        auto const olm = make_libolm_driver(*random);
        auto const read = read_exported(*olm, base::parse_json_object(opened->reveal()).value());
        REQUIRE(read.has_value());
        CHECK(read->group->id() == known_session);
        CHECK(read->sender_curve25519 == "WimPd2udAU/1S/+YBpPbmr9L+0H5H+BnAVHSwDxlPGc");
        CHECK(read->sender_ed25519 == "Bhbpt6hqMZlSH4sJV7xiEEEiPVeTWz4Vkujl1EMdIPI");
    }

    TEST_CASE("what was sealed is opened by its key alone, and never looks the same twice") {
        auto const random = base::make_seeded_random(7);
        auto const key = backup_key::make(*random);
        auto const other = backup_key::make(*random);
        for (std::size_t length = 0; length < 40; ++length) {
            std::string const plain(length, 'x');
            auto const data = seal_for_backup(*random, key.public_key(), plain);
            REQUIRE(data.has_value());
            auto const opened = key.open(*data);
            REQUIRE(opened.has_value());
            CHECK(opened->reveal() == plain);
            CHECK_FALSE(other.open(*data).has_value());
            CHECK(seal_for_backup(*random, key.public_key(), plain) != data);
        }
    }

    TEST_CASE("data that lacks a member, or has one of an odd size, is refused") {
        auto const key = backup_key::parse(secret(known_key)).value();
        for (char const* member : {"ciphertext", "ephemeral", "mac"}) {
            CAPTURE(member);
            auto data = known_data();
            data.erase(member);
            CHECK_FALSE(key.open(data).has_value());
            for (json::value const& odd : {json::value("?"), json::value(""), json::value(7), json::value("AAAA")}) {
                data[member] = odd;
                CHECK_FALSE(key.open(data).has_value());
            }
            auto one_less = decoded(known_data(), member);
            one_less.pop_back();
            data[member] = protocol::encode_base64(one_less);
            CHECK_FALSE(key.open(data).has_value());
            auto one_more = decoded(known_data(), member);
            one_more.push_back(std::byte{0});
            data[member] = protocol::encode_base64(one_more);
            CHECK_FALSE(key.open(data).has_value());
        }
        auto endless = known_data();
        endless["ciphertext"] = protocol::encode_base64(bytes(std::size_t{1} << 20U));
        CHECK_FALSE(key.open(endless).has_value());
    }

    TEST_CASE("a mac that is another in any bit is refused, as is a padding that is none") {
        auto const key = backup_key::parse(secret(known_key)).value();
        for (std::size_t bit = 0; bit < 64; ++bit) {
            auto data = known_data();
            auto mac = decoded(data, "mac");
            mac[bit / 8] ^= std::byte{1} << (bit % 8);
            data["mac"] = protocol::encode_base64(mac);
            CHECK_FALSE(key.open(data).has_value());
        }
        // The last block but one: the padding of the last becomes another.
        auto data = known_data();
        auto ciphertext = decoded(data, "ciphertext");
        ciphertext[ciphertext.size() - 17] ^= std::byte{0xff};
        data["ciphertext"] = protocol::encode_base64(ciphertext);
        CHECK_FALSE(key.open(data).has_value());
    }

    TEST_CASE("nothing is encrypted to a key of low order, and nothing read that was encrypted with one") {
        auto const random = base::make_seeded_random(7);
        auto const zero = protocol::encode_base64(bytes(32));
        CHECK_FALSE(seal_for_backup(*random, zero, "plain").has_value());
        CHECK_FALSE(seal_for_backup(*random, "no key", "plain").has_value());
        auto data = known_data();
        data["ephemeral"] = zero;
        CHECK_FALSE(backup_key::parse(secret(known_key)).value().open(data).has_value());
    }

    TEST_CASE("what is no key of a backup is not taken for one") {
        for (std::string const text : {"", "?", "AAAA", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCoAA"}) {
            CHECK_FALSE(backup_key::parse(secret(text)).has_value());
        }
    }

    TEST_CASE("an exported key without a member, or with a malformed one, is refused") {
        auto const random = base::make_seeded_random(1);
        auto const olm = make_libolm_driver(*random);
        auto const opened = backup_key::parse(secret(known_key)).value().open(known_data());
        REQUIRE(opened.has_value());
        auto const whole = base::parse_json_object(opened->reveal()).value();
        for (char const* member : {"algorithm", "sender_key", "sender_claimed_keys", "session_key"}) {
            CAPTURE(member);
            auto changed = whole;
            changed.erase(member);
            CHECK_FALSE(read_exported(*olm, changed).has_value());
            for (json::value const& odd : {json::value("?"), json::value(7), json::value(json::object{{"ed25519", "?"}})}) {
                changed[member] = odd;
                CHECK_FALSE(read_exported(*olm, changed).has_value());
            }
        }
        auto low = whole;
        low["sender_key"] = protocol::encode_base64(bytes(32));
        CHECK_FALSE(read_exported(*olm, low).has_value());
    }
}

}  // namespace chatrixcd::matrix::crypto
