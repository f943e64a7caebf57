// SPDX-License-Identifier: Apache-2.0
// Room keys on their way into a backup and out of it: what is believed, and what a homeserver that writes there itself gets by it.
#include <doctest/doctest.h>

#include <algorithm>
#include <variant>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/backup/adopting.hpp"
#include "crypto/backup/backup_table.hpp"
#include "crypto/backup/backup_trust.hpp"
#include "crypto/backup/uploading.hpp"
#include "crypto/keys/own_identity.hpp"
#include "crypto/rooms/waiting.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

using crypto::key_outcome;
using crypto::session_name;
using matrix::backup_voucher;
using matrix::key_source;

namespace {

// Alice speaks, and Bob has her key in his backup alone.
class scene {
public:
    scene() : key(crypto::backup_key::make(*random)) {
        learn(alice, bob.me, query_answer().person(bobs).device(bobs.sign_device(bob.published())).get());
        learn(bob, alice.me, query_answer().person(alices).device(alices.sign_device(alice.published())).get());
        learn(bob, mallory.me, query_answer().person(mallorys).device(mallorys.sign_device(mallory.published())).get());
        both.users = {alice.me, bob.me};
        session = begin(alice, lobby);
        bob.in([&](crypto::context const& with) { crypto::save_backup_key(with, key); });
    }

    std::string begin(party& who, matrix::room_id const& room) {
        return who.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, room).prepare(both).session; });
    }
    // The key of `of` as a backup has it, from that message on.
    json::object exported(party& of, std::string const& of_session, matrix::room_id const& room = lobby, std::uint32_t from = 0) {
        return of.in([&](crypto::context const& with) {
            auto row = crypto::find_room_key(with, room, of_session, of.me).value();
            if (from > 0) row.group = with.olm.import_inbound_group(row.group->export_at(from).value()).value();
            return base::parse_json_object(crypto::write_exported(row, /*with_place=*/false).reveal()).value();
        });
    }
    json::object answer(json::object const& session_data) {
        json::object made{{"first_message_index", 0}, {"forwarded_count", 0}, {"is_verified", true}};
        made["session_data"] = crypto::seal_for_backup(*random, key.public_key(), json::serialize(session_data)).value();
        return made;
    }
    // Bob waits for the key of what he is shown.
    void show(json::object const& content, matrix::user_id const& sender, std::string const& id) {
        bob.in([&](crypto::context const& with) {
            crypto::waiting_event event;
            event.room = lobby;
            event.id = id;
            event.sender = sender;
            event.session = base::find_string(content, "session_id").value();
            event.event = "{}";
            crypto::keep_waiting(with, event);
        });
    }
    crypto::restored restore(json::object const& from) {
        return bob.in([&](crypto::context const& with) { return crypto::take_backed_up(with, session_name(lobby, session), from); });
    }
    std::vector<std::string> wanted() {
        return bob.in([&](crypto::context const& with) {
            std::vector<std::string> sessions;
            for (auto const& each : crypto::next_to_look_up(with)) sessions.push_back(each.second);
            return sessions;
        });
    }

    std::unique_ptr<base::random> random = base::make_seeded_random(9);
    party alice{"@alice:b", "PHONE", 1};
    party bob{"@bob:b", "LAPTOP", 2};
    party mallory{"@mallory:b", "TOOL", 5};
    person_keys alices{alice.me, 3};
    person_keys bobs{bob.me, 4};
    person_keys mallorys{mallory.me, 6};
    crypto::audience both;
    crypto::backup_key key;
    std::string session;
};

bool is_read(std::variant<crypto::clear_event, crypto::unreadable_event> const& said) {
    return std::holds_alternative<crypto::clear_event>(said);
}
matrix::trust believed(std::variant<crypto::clear_event, crypto::unreadable_event> const& said) {
    return std::get<crypto::clear_event>(said).believed;
}

}  // namespace

TEST_SUITE("matrix::crypto::backup") {
    TEST_CASE("a key of the backup reads what waits for it, and says nothing of a device") {
        scene s;
        auto const said = encrypt(s.alice, "hello");
        s.show(said, s.alice.me, "$1");
        CHECK(s.wanted() == std::vector<std::string>{s.session});
        auto const done = s.restore(s.answer(s.exported(s.alice, s.session)));
        CHECK(done.has_key);
        CHECK(done.complaint.empty());
        auto const read_now = read(s.bob, s.alice.me, said, "$1");
        REQUIRE(is_read(read_now));
        auto const trust = believed(read_now);
        CHECK(trust.source == key_source::backup);
        CHECK(trust.device.str().empty());
        CHECK(trust.fingerprint.empty());
        CHECK_FALSE(trust.cross_signed);
        CHECK_FALSE(trust.user_verified);
        CHECK(trust.late);
        // What is there already is not put there.
        CHECK(s.bob.in([](crypto::context const& with) { return crypto::count_to_back_up(with); }) == 0);
    }

    TEST_CASE("what a device says itself is worth the same after a key of an earlier session came from the backup") {
        scene s;
        auto const old = encrypt(s.alice, "old");
        auto const old_key = s.exported(s.alice, s.session);
        s.both.visibility = "shared";
        auto const sent = share(s.alice, s.both, {&s.bob});
        give(s.bob, s.alice.me, sent.begin()->second);
        CHECK_FALSE(believed(read(s.bob, s.alice.me, encrypt(s.alice, "new"), "$1")).late);
        s.show(old, s.alice.me, "$0");
        CHECK(s.restore(s.answer(old_key)).has_key);
        CHECK(believed(read(s.bob, s.alice.me, old, "$0")).late);
        CHECK_FALSE(believed(read(s.bob, s.alice.me, encrypt(s.alice, "newer"), "$2")).late);
    }

    TEST_CASE("of a session that is known from later on, the backup gives the beginning, and it is believed as before") {
        scene s;
        auto const first = encrypt(s.alice, "first");
        give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        CHECK_FALSE(is_read(read(s.bob, s.alice.me, first, "$1")));
        s.show(first, s.alice.me, "$1");
        CHECK(s.restore(s.answer(s.exported(s.alice, s.session))).has_key);
        auto const read_now = read(s.bob, s.alice.me, first, "$1");
        REQUIRE(is_read(read_now));
        CHECK(believed(read_now).source == key_source::direct);
        CHECK(believed(read_now).cross_signed);
    }

    TEST_CASE("a key that contradicts what its sender gave us changes nothing") {
        scene s;
        auto const first = encrypt(s.alice, "first");
        give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        s.show(first, s.alice.me, "$1");
        // The same session by name, another ratchet: four times 32 bytes between the index and the name.
        auto forged = s.exported(s.alice, s.session);
        auto bytes = protocol::decode_base64(base::find_string(forged, "session_key").value()).value();
        bytes[20] ^= std::byte{1};
        forged["session_key"] = protocol::encode_base64(bytes);
        auto const done = s.restore(s.answer(forged));
        CHECK_FALSE(done.has_key);
        CHECK(done.complaint.find("contradicts") != std::string::npos);
        CHECK(believed(read(s.bob, s.alice.me, encrypt(s.alice, "second"), "$2")).source == key_source::direct);
    }

    TEST_CASE("what was made up in a backup gives way to what the sender says himself") {
        scene s;
        auto const first = encrypt(s.alice, "first");
        auto forged = s.exported(s.alice, s.session);
        auto bytes = protocol::decode_base64(base::find_string(forged, "session_key").value()).value();
        bytes[20] ^= std::byte{1};
        forged["session_key"] = protocol::encode_base64(bytes);
        s.show(first, s.alice.me, "$1");
        CHECK(s.restore(s.answer(forged)).has_key);
        auto const unread = read(s.bob, s.alice.me, first, "$1");
        REQUIRE_FALSE(is_read(unread));
        // It goes on waiting, and nothing stands in the way of the right key.
        CHECK(std::get<crypto::unreadable_event>(unread).why == crypto::unreadable::missing_key);
        CHECK(s.restore(s.answer(s.exported(s.alice, s.session))).has_key);
        CHECK(is_read(read(s.bob, s.alice.me, first, "$1")));
        auto const taken = give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        CHECK(taken.complaints.empty());
        auto const second = read(s.bob, s.alice.me, encrypt(s.alice, "second"), "$2");
        REQUIRE(is_read(second));
        CHECK(believed(second).source == key_source::direct);
    }

    TEST_CASE("what is malformed in the sender's name takes no key of the backup away") {
        scene s;
        auto const first = encrypt(s.alice, "first");
        s.show(first, s.alice.me, "$1");
        CHECK(s.restore(s.answer(s.exported(s.alice, s.session))).has_key);
        auto garbage = first;
        auto bytes = protocol::decode_base64(base::find_string(first, "ciphertext").value()).value();
        bytes.back() ^= std::byte{1};
        garbage["ciphertext"] = protocol::encode_base64(bytes);
        auto const refused = read(s.bob, s.alice.me, garbage, "$2");
        REQUIRE_FALSE(is_read(refused));
        CHECK(std::get<crypto::unreadable_event>(refused).why == crypto::unreadable::malformed);
        CHECK(is_read(read(s.bob, s.alice.me, first, "$1")));
    }

    TEST_CASE("a made-up key from later on does not keep the right one of the backup away") {
        scene s;
        auto const first = encrypt(s.alice, "first");
        auto forged = s.exported(s.alice, s.session, lobby, 5);
        auto bytes = protocol::decode_base64(base::find_string(forged, "session_key").value()).value();
        bytes[20] ^= std::byte{1};
        forged["session_key"] = protocol::encode_base64(bytes);
        s.show(first, s.alice.me, "$1");
        CHECK(s.restore(s.answer(forged)).has_key);
        auto const early = read(s.bob, s.alice.me, first, "$1");
        REQUIRE_FALSE(is_read(early));
        CHECK(std::get<crypto::unreadable_event>(early).why == crypto::unreadable::earlier_index);
        CHECK(s.restore(s.answer(s.exported(s.alice, s.session))).has_key);
        CHECK(is_read(read(s.bob, s.alice.me, first, "$1")));
    }

    TEST_CASE("one message is one event, whichever way its key came") {
        scene s;
        auto const given = share(s.alice, s.both, {&s.bob}).begin()->second;
        auto const first = encrypt(s.alice, "first");
        auto claimed = s.exported(s.alice, s.session);
        // Somebody in the room has the ratchet, and says that it is another device's.
        claimed["sender_key"] = s.mallory.with_keys(
            [](auto const&, auto&) { return crypto::make_libolm_driver(*base::make_seeded_random(11))->make_account()->curve25519(); });
        s.show(first, s.alice.me, "$1");
        CHECK(s.restore(s.answer(claimed)).has_key);
        CHECK(is_read(read(s.bob, s.alice.me, first, "$1")));
        give(s.bob, s.alice.me, given);
        auto const again = read(s.bob, s.alice.me, first, "$2");
        REQUIRE_FALSE(is_read(again));
        CHECK(std::get<crypto::unreadable_event>(again).why == crypto::unreadable::repeated);
        CHECK(believed(read(s.bob, s.alice.me, encrypt(s.alice, "second"), "$3")).source == key_source::direct);
    }

    TEST_CASE("what a backup claims of a device that was not known is nothing once the device gives the key itself") {
        scene s;
        s.bob.in([&](crypto::context const& with) { crypto::remove_device(with, s.alice.me, s.alice.device); });
        auto const first = encrypt(s.alice, "first");
        auto claimed = s.exported(s.alice, s.session);
        claimed["sender_claimed_keys"].as_object()["ed25519"] =
            s.mallory.with_keys([](auto const&, auto& own) { return own.keys().ed25519(); });
        s.show(first, s.alice.me, "$1");
        CHECK(s.restore(s.answer(claimed)).has_key);
        learn(s.bob, s.alice.me, query_answer().person(s.alices).device(s.alices.sign_device(s.alice.published())).get());
        CHECK(give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second).complaints.empty());
        auto const trust = believed(read(s.bob, s.alice.me, encrypt(s.alice, "second"), "$2"));
        CHECK(trust.source == key_source::direct);
        CHECK(trust.device == s.alice.device);
        CHECK(trust.cross_signed);
    }

    TEST_CASE("the data of another session, or of none, is refused whatever it is") {
        scene s;
        auto const said = encrypt(s.alice, "hello");
        s.show(said, s.alice.me, "$1");
        matrix::room_id const elsewhere("!elsewhere:b");
        auto const other = s.begin(s.alice, elsewhere);
        auto const good = s.answer(s.exported(s.alice, s.session));
        auto without_data = good;
        without_data.erase("session_data");
        auto odd_data = good;
        odd_data["session_data"] = "?";
        auto foreign = good;
        foreign["session_data"] = crypto::seal_for_backup(*s.random, crypto::backup_key::make(*s.random).public_key(),
                                                          json::serialize(s.exported(s.alice, s.session)))
                                      .value();
        auto no_json = good;
        no_json["session_data"] = crypto::seal_for_backup(*s.random, s.key.public_key(), "[1, 2").value();
        for (auto const& each : {s.answer(s.exported(s.alice, other, elsewhere)), s.answer(json::object()), without_data, odd_data, foreign,
                                 no_json, json::object()}) {
            CAPTURE(json::serialize(each));
            auto const done = s.restore(each);
            CHECK_FALSE(done.has_key);
            CHECK_FALSE(done.complaint.empty());
        }
        CHECK_FALSE(is_read(read(s.bob, s.alice.me, said, "$1")));
        CHECK(s.restore(good).has_key);
    }

    TEST_CASE("a session that the backup gives under another room's name reads nothing there") {
        scene s;
        matrix::room_id const elsewhere("!elsewhere:b");
        auto const other = s.begin(s.alice, elsewhere);
        auto const said = encrypt(s.alice, "in the other room", elsewhere);
        s.session = other;
        s.show(said, s.alice.me, "$1");
        CHECK(s.restore(s.answer(s.exported(s.alice, other, elsewhere))).has_key);
        auto const read_now = read(s.bob, s.alice.me, said, "$1");
        REQUIRE_FALSE(is_read(read_now));
        CHECK(std::get<crypto::unreadable_event>(read_now).why == crypto::unreadable::forged);
    }

    TEST_CASE("somebody who shows another's message as his own does not get that other's key for it") {
        scene s;
        auto const said = encrypt(s.alice, "hello");
        s.show(said, s.mallory.me, "$1");
        auto const done = s.restore(s.answer(s.exported(s.alice, s.session)));
        CHECK_FALSE(done.has_key);
        CHECK_FALSE(is_read(read(s.bob, s.mallory.me, said, "$1")));
        // Nor once the key is here, whatever device the backup names.
        give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        auto renamed = s.exported(s.alice, s.session);
        renamed["sender_key"] = base::find_string(s.exported(s.alice, s.session), "session_key").value().substr(10, 43);
        CHECK_FALSE(s.restore(s.answer(renamed)).has_key);
        CHECK_FALSE(is_read(read(s.bob, s.mallory.me, said, "$1")));
    }

    TEST_CASE("a key that names our own device, or signs with another key than its device, is refused") {
        scene s;
        auto const said = encrypt(s.alice, "hello");
        s.show(said, s.alice.me, "$1");
        auto as_ours = s.exported(s.alice, s.session);
        as_ours["sender_key"] = s.bob.with_keys([](auto const&, auto& own) { return own.keys().curve25519(); });
        CHECK_FALSE(s.restore(s.answer(as_ours)).has_key);
        auto signs_otherwise = s.exported(s.alice, s.session);
        signs_otherwise["sender_claimed_keys"].as_object()["ed25519"] =
            s.mallory.with_keys([](auto const&, auto& own) { return own.keys().ed25519(); });
        CHECK_FALSE(s.restore(s.answer(signs_otherwise)).has_key);
        CHECK(s.restore(s.answer(s.exported(s.alice, s.session))).has_key);
    }

    TEST_CASE("what waits is looked for once, and again when there is news") {
        scene s;
        auto const looked = [&] { s.bob.in([&](crypto::context const& with) { crypto::note_looked_up(with, {lobby, s.session}); }); };
        s.show(encrypt(s.alice, "one"), s.alice.me, "$1");
        CHECK(s.wanted().size() == 1);
        looked();
        CHECK(s.wanted().empty());
        // Another event of the session: only after a while.
        s.bob.now += std::chrono::minutes(10);
        s.show(encrypt(s.alice, "two"), s.alice.me, "$2");
        CHECK(s.wanted().empty());
        s.bob.now += std::chrono::hours(2);
        CHECK(s.wanted().empty());
        s.show(encrypt(s.alice, "three"), s.alice.me, "$3");
        CHECK(s.wanted().size() == 1);
        looked();
        // Another backup.
        s.bob.in([](crypto::context const& with) { crypto::use_backup_place(with, {"2", "key"}); });
        CHECK(s.wanted().size() == 1);
        looked();
        s.bob.in([](crypto::context const& with) { crypto::use_backup_place(with, {"2", "key"}); });
        CHECK(s.wanted().empty());
    }

    TEST_CASE("keys go into the backup a hundred at a time, each once, and again for another backup or when they read more") {
        scene s;
        auto const next = [&] {
            return s.bob.in([&](crypto::context const& with) { return crypto::next_to_back_up(with, *s.random, s.key.public_key()); });
        };
        auto const note = [&](crypto::backup_batch const& batch) {
            s.bob.in([&](crypto::context const& with) { crypto::note_backed_up(with, batch.keys); });
        };
        for (int i = 0; i < 150; ++i) s.begin(s.bob, matrix::room_id("!" + std::to_string(i) + ":b"));
        auto const first = next();
        CHECK(first.keys.size() == 100);
        CHECK(first.body.at("rooms").as_object().size() == 100);
        // Whoever stops here goes on here.
        CHECK(next().keys.front().id == first.keys.front().id);
        note(first);
        auto const second = next();
        CHECK(second.keys.size() == 50);
        note(second);
        CHECK(next().keys.empty());
        // One that is improved between its leaving and the answer is not there as it is here.
        auto const said = encrypt(s.alice, "first");
        give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        auto const late = next();
        REQUIRE(late.keys.size() == 1);
        CHECK(late.keys[0].first_index == 1);
        s.show(said, s.alice.me, "$1");
        CHECK(s.restore(s.answer(s.exported(s.alice, s.session))).has_key);
        note(late);
        auto const again = next();
        REQUIRE(again.keys.size() == 1);
        CHECK(again.keys[0].first_index == 0);
        note(again);
        s.bob.in([](crypto::context const& with) { crypto::use_backup_place(with, {"2", "key"}); });
        CHECK(s.bob.in([](crypto::context const& with) { return crypto::count_to_back_up(with); }) == 151);
    }

    TEST_CASE("what lies in the backup is the key, its device and whether that was proved, and nothing in clear") {
        scene s;
        give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        auto const batch =
            s.bob.in([&](crypto::context const& with) { return crypto::next_to_back_up(with, *s.random, s.key.public_key()); });
        json::value const body(batch.body);
        auto const* entry = base::find_path(body, {"rooms", lobby.str(), "sessions", s.session});
        REQUIRE(entry != nullptr);
        auto const& described = entry->as_object();
        CHECK(described.at("first_message_index") == 0);
        CHECK(described.at("forwarded_count") == 0);
        CHECK(described.at("is_verified") == true);
        auto const opened = s.key.open(described.at("session_data").as_object());
        REQUIRE(opened.has_value());
        CHECK(base::parse_json_object(opened->reveal()).value() == s.exported(s.alice, s.session));
    }

    TEST_CASE("of two who say that a session is theirs, the backup gets the key of the first") {
        scene s;
        give(s.bob, s.alice.me, share(s.alice, s.both, {&s.bob}).begin()->second);
        s.bob.in([&](crypto::context const& with) {
            auto row = crypto::find_room_key(with, lobby, s.session, s.alice.me).value();
            row.sender = s.mallory.me;
            row.sender_curve25519 = s.mallory.with_keys([](auto const&, auto& own) { return own.keys().curve25519(); });
            CHECK(crypto::add_room_key(with, std::move(row)) == key_outcome::added);
        });
        auto const batch =
            s.bob.in([&](crypto::context const& with) { return crypto::next_to_back_up(with, *s.random, s.key.public_key()); });
        REQUIRE(batch.keys.size() == 1);
        json::value const body(batch.body);
        auto const* data = base::find_path(body, {"rooms", lobby.str(), "sessions", s.session, "session_data"});
        REQUIRE(data != nullptr);
        auto const opened = s.key.open(data->as_object());
        REQUIRE(opened.has_value());
        CHECK(opened->reveal().find(base::find_string(s.exported(s.alice, s.session), "sender_key").value()) != std::string::npos);
    }

    TEST_CASE("a backup is ours by its private key, or by the signature of our identity, this device or one that it vouches for") {
        scene s;
        auto const other = crypto::backup_key::make(*s.random);
        auto const voucher = [&](std::string const& public_key, json::object const& auth_data) {
            return s.bob.in([&](crypto::context const& with) { return crypto::voucher_of(with, public_key, auth_data); });
        };
        json::object const bare{{"public_key", other.public_key()}};
        CHECK(voucher(s.key.public_key(), json::object()) == backup_voucher::private_key);
        CHECK(voucher(other.public_key(), bare) == backup_voucher::nobody);
        // Made by this device before it had an identity.
        auto const by_device = s.bob.in([&](crypto::context const& with) { return crypto::own_auth_data(with, other.public_key()); });
        CHECK(voucher(other.public_key(), by_device) == backup_voucher::signature);
        auto changed = by_device;
        changed["public_key"] = s.mallory.with_keys([](auto const&, auto& own) { return own.keys().curve25519(); });
        CHECK(voucher(base::find_string(changed, "public_key").value(), changed) == backup_voucher::nobody);
        // By the identity alone.
        s.bob.in([&](crypto::context const& with) { crypto::own_identity::make(*s.random).save(with); });
        auto by_identity = s.bob.in([&](crypto::context const& with) { return crypto::own_auth_data(with, other.public_key()); });
        auto& signatures = by_identity["signatures"].as_object()[s.bob.me.str()].as_object();
        CHECK(signatures.size() == 2);
        signatures.erase("ed25519:" + s.bob.device.str());
        CHECK(voucher(other.public_key(), by_identity) == backup_voucher::signature);
        // Another identity's, or another user's, is worth nothing.
        s.bob.in([&](crypto::context const& with) { crypto::own_identity::make(*s.random).save(with); });
        CHECK(voucher(other.public_key(), by_identity) == backup_voucher::nobody);
        auto const by_mallory = s.mallory.in([&](crypto::context const& with) { return crypto::own_auth_data(with, other.public_key()); });
        CHECK(voucher(other.public_key(), by_mallory) == backup_voucher::nobody);
    }

    TEST_CASE("another device of ours vouches for a backup only if the identity that we hold vouches for it") {
        scene s;
        party second{"@bob:b", "SECOND", 11};
        auto const other = crypto::backup_key::make(*s.random);
        auto const auth_data = second.in([&](crypto::context const& with) { return crypto::own_auth_data(with, other.public_key()); });
        auto const voucher = [&] {
            return s.bob.in([&](crypto::context const& with) { return crypto::voucher_of(with, other.public_key(), auth_data); });
        };
        // The homeserver shows an identity that has signed the device; it is not the one that is held.
        s.bob.in([&](crypto::context const& with) { crypto::own_identity::make(*s.random).save(with); });
        learn(s.bob, s.bob.me, query_answer().person(s.bobs).device(s.bobs.sign_device(second.published())).get());
        CHECK(voucher() == backup_voucher::nobody);
        auto const signed_by_us = [&](bool device_too) {
            auto const published = second.published();
            return s.bob.with_keys([&](crypto::context const& with, crypto::own_device& own) {
                auto const held = crypto::own_identity::load(with).value();
                auto const keys = held.upload_body(with, own);
                json::object answer;
                answer["master_keys"].emplace_object()[s.bob.me.str()] = keys.at("master_key");
                answer["self_signing_keys"].emplace_object()[s.bob.me.str()] = keys.at("self_signing_key");
                answer["user_signing_keys"].emplace_object()[s.bob.me.str()] = keys.at("user_signing_key");
                json::object shown{{"SECOND", published}};
                auto queried = answer;
                queried["device_keys"].emplace_object()[s.bob.me.str()] = shown;
                auto const signatures =
                    held.vouch_body(with, with.me, second.device,
                                    base::find_string(published.at("keys").as_object(), "ed25519:SECOND").value(), "", queried);
                if (device_too) {
                    auto both = published;
                    auto const added =
                        signatures.value().at(s.bob.me.str()).as_object().at("SECOND").at("signatures").at(s.bob.me.str()).as_object();
                    for (auto const& each : added) both["signatures"].as_object()[s.bob.me.str()].as_object()[each.key()] = each.value();
                    shown["SECOND"] = both;
                }
                answer["device_keys"].emplace_object()[s.bob.me.str()] = shown;
                return answer;
            });
        };
        learn(s.bob, s.bob.me, signed_by_us(false));
        CHECK(voucher() == backup_voucher::nobody);
        learn(s.bob, s.bob.me, signed_by_us(true));
        CHECK(voucher() == backup_voucher::signature);
    }
}

}  // namespace chatrixcd::test
