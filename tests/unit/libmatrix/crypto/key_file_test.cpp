// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/key_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/backup/key_transfer.hpp"
#include "crypto/rooms/waiting.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::secret;
using crypto::open_key_file;

namespace {

// A file, its passphrase and what is in it, as Element's and its predecessors' tests have them ("MegolmExportEncryption").
struct vector_of_others {
    char const* plain;
    char const* passphrase;
    char const* file;
};
constexpr std::array<vector_of_others, 3> known{
    vector_of_others{"plain", "password",
                     "-----BEGIN MEGOLM SESSION DATA-----\n"
                     "AXNhbHRzYWx0c2FsdHNhbHSIiIiIiIiIiIiIiIiIiIiIAAAACmIRUW2OjZ3L2l6j9h0lHlV3M2dx\n"
                     "cissyYBxjsfsAndErh065A8=\n"
                     "-----END MEGOLM SESSION DATA-----"},
    vector_of_others{"Hello, World", "betterpassword",
                     "-----BEGIN MEGOLM SESSION DATA-----\n"
                     "AW1vcmVzYWx0bW9yZXNhbHT//////////wAAAAAAAAAAAAAD6KyBpe1Niv5M5NPm4ZATsJo5nghk\n"
                     "KYu63a0YQ5DRhUWEKk7CcMkrKnAUiZny\n"
                     "-----END MEGOLM SESSION DATA-----"},
    vector_of_others{"alphanumericallyalphanumericallyalphanumericallyalphanumerically", "SWORDFISH",
                     "-----BEGIN MEGOLM SESSION DATA-----\n"
                     "AXllc3NhbHR5Z29vZG5lc3P//////////wAAAAAAAAAAAAAD6OIW+Je7gwvjd4kYrb+49gKCfExw\n"
                     "MgJBMD4mrhLkmgAngwR1pHjbWXaoGybtiAYr0moQ93GrBQsCzPbvl82rZhaXO3iH5uHo/RCEpOqp\n"
                     "Pgg29363BGR+/Ripq/VCLKGNbw==\n"
                     "-----END MEGOLM SESSION DATA-----"},
};

std::string const fresh(crypto::key_file_random_bytes, '\xff');
std::string wrapped(std::vector<std::byte> const& bytes) {
    return "-----BEGIN MEGOLM SESSION DATA-----\n" + protocol::encode_base64(bytes) + "\n-----END MEGOLM SESSION DATA-----\n";
}
std::vector<std::byte> bytes_in(std::string file) {
    std::erase(file, '\n');
    std::string const first = "-----BEGIN MEGOLM SESSION DATA-----";
    std::string const last = "-----END MEGOLM SESSION DATA-----";
    return protocol::decode_base64(file.substr(first.size(), file.size() - first.size() - last.size())).value();
}
error_kind refusal(secret const& passphrase, std::string const& file) {
    auto const opened = open_key_file(passphrase, file);
    REQUIRE_FALSE(opened.has_value());
    return opened.error().kind();
}

json::array sessions_of(party& who) {
    return who.in([](crypto::context const& with) {
        json::array all;
        for (std::int64_t after = 0;;) {
            auto const some = crypto::export_room_keys(with, after);
            for (auto const& each : some.sessions) all.push_back(base::parse_json(each.reveal()).value());
            after = some.last;
            if (after == 0) break;
        }
        for (auto const& each : crypto::export_imported_keys(with, 0).sessions) all.push_back(base::parse_json(each.reveal()).value());
        return all;
    });
}
matrix::imported_keys import(party& who, json::array const& sessions) {
    return who.in([&](crypto::context const& with) { return crypto::import_keys(with, sessions); });
}

// Alice in a room, and Bob, who has none of her keys.
struct pair {
    pair() { both.users = {alice.me, bob.me}; }
    std::string begin(matrix::room_id const& room) {
        return alice.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, room).prepare(both).session; });
    }
    party alice{"@alice:b", "PHONE", 1};
    party bob{"@bob:b", "LAPTOP", 2};
    crypto::audience both;
};

}  // namespace

TEST_SUITE("matrix::crypto::key_file") {
    TEST_CASE("files of others are opened with their passphrase, and with no other") {
        for (auto const& each : known) {
            auto const opened = open_key_file(secret(each.passphrase), each.file);
            REQUIRE(opened.has_value());
            CHECK(opened->reveal() == each.plain);
            CHECK(refusal(secret("another"), each.file) == error_kind::forbidden);
        }
    }

    TEST_CASE("what was sealed is opened, in lines that are short, and its iv has bit 63 unset") {
        secret const passphrase("correct horse");
        for (std::size_t length = 0; length < 200; length += 7) {
            std::string const plain(length, 'x');
            auto const file = crypto::seal_key_file(fresh, passphrase, secret(plain), /*rounds=*/10);
            auto const opened = open_key_file(passphrase, file);
            REQUIRE(opened.has_value());
            CHECK(opened->reveal() == plain);
            CHECK(file.starts_with("-----BEGIN MEGOLM SESSION DATA-----\n"));
            CHECK(file.ends_with("\n-----END MEGOLM SESSION DATA-----\n"));
            std::size_t longest = 0;
            for (std::size_t begin = 0; begin < file.size();) {
                auto const end = std::min(file.find('\n', begin), file.size());
                longest = std::max(longest, end - begin);
                begin = end + 1;
            }
            CHECK(longest <= 96);
            CHECK(bytes_in(file).at(17 + 8) == std::byte{0x7f});
            CHECK(bytes_in(file).at(17) == std::byte{0xff});
        }
    }

    TEST_CASE("line ends of any kind, blanks around and missing padding do not matter; anything else does") {
        secret const passphrase(known[0].passphrase);
        std::string const file = known[0].file;
        auto dos = file;
        for (std::size_t at = 0; (at = dos.find('\n', at)) != std::string::npos; at += 2) dos.replace(at, 1, "\r\n");
        auto unpadded = file;
        unpadded.erase(unpadded.find('='), 1);
        for (auto const& good : {dos, unpadded, "\n  " + file + "\r\n\n"}) CHECK(open_key_file(passphrase, good).has_value());
        for (auto const& bad : {std::string(), "x" + file, file + "x", file.substr(1), file.substr(0, file.size() - 1),
                                std::string("-----BEGIN MEGOLM SESSION DATA-----"),
                                std::string("-----BEGIN MEGOLM SESSION DATA----------END MEGOLM SESSION DATA-----")}) {
            CHECK(refusal(passphrase, bad) == error_kind::invalid);
        }
    }

    TEST_CASE("a file of which any byte is another is refused") {
        secret const passphrase(known[0].passphrase);
        auto const whole = bytes_in(known[0].file);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            // The number of rounds would only take its time.
            if (i >= 33 && i < 36) continue;
            auto changed = whole;
            changed[i] ^= std::byte{1};
            CAPTURE(i);
            CHECK(refusal(passphrase, wrapped(changed)) == (i == 0 ? error_kind::invalid : error_kind::forbidden));
        }
        for (std::size_t size = 0; size < whole.size(); ++size) {
            auto const kind = refusal(passphrase, wrapped({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}));
            CHECK((kind == error_kind::invalid || kind == error_kind::forbidden));
        }
    }

    TEST_CASE("a file that would take a day to open, or no time, or all memory, is refused") {
        auto bytes = bytes_in(known[0].file);
        secret const passphrase(known[0].passphrase);
        for (std::size_t i = 33; i < 37; ++i) bytes[i] = std::byte{0xff};
        CHECK(refusal(passphrase, wrapped(bytes)) == error_kind::invalid);
        for (std::size_t i = 33; i < 37; ++i) bytes[i] = std::byte{0};
        CHECK(refusal(passphrase, wrapped(bytes)) == error_kind::invalid);
        CHECK(refusal(passphrase, std::string(crypto::most_key_file_bytes + 1, 'x')) == error_kind::too_large);
    }
}

TEST_SUITE("matrix::crypto::key_transfer") {
    TEST_CASE("keys that are imported read what waits for them, as those of a backup do, and are known the second time") {
        pair p;
        auto const session = p.begin(lobby);
        auto const said = encrypt(p.alice, "hello");
        auto const sessions = sessions_of(p.alice);
        REQUIRE(sessions.size() == 1);
        CHECK(import(p.bob, sessions).taken == 1);
        CHECK(import(p.bob, sessions).known == 1);
        p.bob.in([&](crypto::context const& with) {
            CHECK(crypto::imported_and_awaited(with).empty());
            crypto::waiting_event event;
            event.room = lobby;
            event.id = "$1";
            event.sender = p.alice.me;
            event.session = session;
            event.event = "{}";
            crypto::keep_waiting(with, event);
            CHECK(crypto::imported_and_awaited(with).size() == 1);
            CHECK(crypto::take_imported(with, {lobby, session}).has_key);
        });
        auto const read_now = read(p.bob, p.alice.me, said, "$1");
        REQUIRE(std::holds_alternative<crypto::clear_event>(read_now));
        CHECK(std::get<crypto::clear_event>(read_now).believed.source == matrix::key_source::backup);
        CHECK(import(p.bob, sessions).known == 1);
    }

    TEST_CASE("what was imported is exported too, each session once, however many there are") {
        pair p;
        for (int i = 0; i < 450; ++i) p.begin(matrix::room_id("!" + std::to_string(i) + ":b"));
        auto const all = sessions_of(p.alice);
        CHECK(all.size() == 450);
        CHECK(import(p.bob, json::array(all.begin(), all.begin() + 100)).taken == 100);
        auto again = sessions_of(p.bob);
        CHECK(again.size() == 100);
        CHECK(std::ranges::all_of(again, [&](json::value const& each) { return std::ranges::find(all, each) != all.end(); }));
    }

    TEST_CASE("a key that is no key, of another session than it says, or unlike the one before it is refused, and the others are taken") {
        pair p;
        p.begin(lobby);
        p.begin(matrix::room_id("!elsewhere:b"));
        auto const good = sessions_of(p.alice);
        REQUIRE(good.size() == 2);
        auto renamed = good[0];
        renamed.as_object()["session_id"] = good[1].at("session_id");
        auto roomless = good[0];
        roomless.as_object()["room_id"] = "lobby";
        auto keyless = good[0];
        keyless.as_object().erase("session_key");
        auto forged = good[0];
        auto bytes = protocol::decode_base64(base::find_string(forged.as_object(), "session_key").value()).value();
        bytes[20] ^= std::byte{1};
        forged.as_object()["session_key"] = protocol::encode_base64(bytes);
        auto const count = import(p.bob, {json::value("?"), renamed, roomless, keyless, good[0], forged, good[1]});
        CHECK(count.taken == 2);
        CHECK(count.refused == 5);
        CHECK(sessions_of(p.bob) == good);
    }
}

}  // namespace chatrixcd::test
