// SPDX-License-Identifier: Apache-2.0
#include "crypto/strangers.hpp"

#include <doctest/doctest.h>

#include <string>

#include "crypto/olm/session_table.hpp"
#include "crypto/rooms/room_key_table.hpp"
#include "crypto/rooms/waiting.hpp"
#include "support/crypto_party.hpp"

namespace chatrixcd::test {

namespace {

std::int64_t count_in(party& who, std::string const& table) {
    return who.in([&](crypto::context const& with) {
        return with.t.first("SELECT count(*) FROM " + table + " WHERE account = ?1", {with.account})->integer(0);
    });
}

void enter(party& who, matrix::room_id const& room, std::string const& as = "join") {
    who.in([&](crypto::context const& with) {
        with.t.run("INSERT INTO room (account, room_id, membership) VALUES (?1, ?2, ?3)", {with.account, room.str(), as});
    });
}

// So many notices, each of another session.
void withhold(party& who, matrix::room_id const& room, matrix::user_id const& sender, std::int64_t number) {
    who.in([&](crypto::context const& with) {
        for (std::int64_t i = 0; i < number; ++i) {
            crypto::note_withheld(with, room, "session " + std::to_string(i), sender, "m.unverified");
        }
    });
}

// What is known of a message that cannot be read.
std::string reason_for(party& who, matrix::user_id const& sender, std::string const& session) {
    crypto::waiting_event event;
    event.room = lobby;
    event.id = "$of " + sender.str();
    event.sender = sender;
    event.session = session;
    event.event = "{}";
    return who.in([&](crypto::context const& with) {
        crypto::keep_waiting(with, event);
        auto const reason = crypto::waiting_for_key(with, lobby, session).at(0).reason;
        crypto::drop_waiting(with.t, with.account, lobby, event.id);
        return reason;
    });
}

// A key as somebody gives it for a room.
void give_key(party& who, matrix::room_id const& room, std::string const& from) {
    who.in([&](crypto::context const& with) {
        auto const made = with.olm.make_outbound_group();
        crypto::room_key_row row;
        row.room = room;
        row.session = made->id();
        row.sender = matrix::user_id(from);
        row.sender_curve25519 = "key of " + from;
        row.group = with.olm.make_inbound_group(made->session_key()).value();
        CHECK(crypto::add_room_key(with, std::move(row)) == crypto::key_outcome::added);
    });
}

bool has_key(party& who, matrix::room_id const& room, std::string const& from) {
    return who.in([&](crypto::context const& with) {
        return with.t.first("SELECT 1 FROM room_key WHERE account = ?1 AND room_id = ?2 AND sender = ?3", {with.account, room.str(), from})
            .has_value();
    });
}

// As a device that was heard of; `key` is one that a query has told.
void begin_session(party& who, crypto::olm_session& session, std::string const& key) {
    who.in([&](crypto::context const& with) { crypto::add_session(with, key, session); });
}

}  // namespace

TEST_SUITE("matrix::crypto::strangers") {
    TEST_CASE("of notices that keys are withheld the newest are kept, and those about other rooms take none of ours away") {
        party bob("@bob:b", "LAPTOP", 2);
        enter(bob, lobby);
        matrix::user_id const alice("@alice:b");
        matrix::user_id const eve("@eve:b");
        withhold(bob, lobby, alice, 1);
        withhold(bob, lobby, eve, crypto::most_withheld_by_one + 30);
        withhold(bob, matrix::room_id("!elsewhere:b"), eve, crypto::most_withheld_elsewhere + 30);
        CHECK(count_in(bob, "withheld") == 1 + crypto::most_withheld_by_one + crypto::most_withheld_elsewhere);
        CHECK(reason_for(bob, alice, "session 0") == "m.unverified");
    }

    TEST_CASE("a notice is worth something for messages of its sender alone") {
        party bob("@bob:b", "LAPTOP", 2);
        enter(bob, lobby);
        withhold(bob, lobby, matrix::user_id("@eve:b"), 1);
        CHECK(reason_for(bob, matrix::user_id("@alice:b"), "session 0").empty());
        CHECK(reason_for(bob, matrix::user_id("@eve:b"), "session 0") == "m.unverified");
    }

    TEST_CASE("whoever floods a room with what cannot be read pushes nothing of others out") {
        party me("@me:b", "BOT", 1);
        me.in([](crypto::context const& with) {
            crypto::waiting_event event;
            event.room = lobby;
            event.event = "{}";
            event.sender = matrix::user_id("@ann:b");
            event.session = "hers";
            event.id = "$hers";
            crypto::keep_waiting(with, event);
            event.sender = matrix::user_id("@mallory:b");
            for (int i = 0; i < 5000; ++i) {
                event.session = "S" + std::to_string(i);
                event.id = "$" + std::to_string(i);
                crypto::keep_waiting(with, event);
            }
            CHECK(crypto::waiting_for_key(with, lobby, "hers").size() == 1);
            CHECK(crypto::waiting_for_key(with, lobby, "S0").empty());
            CHECK(crypto::waiting_for_key(with, lobby, "S4999").size() == 1);
            CHECK(crypto::count_waiting(with) < 4200);
        });
    }

    TEST_CASE("keys for rooms that we are not in are bounded, and take no key of ours away") {
        party bob("@bob:b", "LAPTOP", 2);
        enter(bob, lobby);
        // A room that somebody has asked us into is none of ours yet.
        enter(bob, matrix::room_id("!elsewhere0:b"), "invite");
        give_key(bob, lobby, "@alice:b");
        // It comes before we see that we are in the room.
        matrix::room_id const soon("!soon:b");
        for (std::int64_t i = 0; i < crypto::most_keys_elsewhere + 20; ++i) {
            give_key(bob, matrix::room_id("!elsewhere" + std::to_string(i) + ":b"), "@eve:b");
        }
        give_key(bob, soon, "@alice:b");
        CHECK(count_in(bob, "room_key") == crypto::most_keys_elsewhere + 1);
        CHECK(has_key(bob, lobby, "@alice:b"));
        CHECK(has_key(bob, soon, "@alice:b"));
        CHECK_FALSE(has_key(bob, matrix::room_id("!elsewhere0:b"), "@eve:b"));
    }

    TEST_CASE("sessions with devices that nobody knows are bounded, and take none with a known device away") {
        party alice("@alice:b", "PHONE", 1);
        party bob("@bob:b", "LAPTOP", 2);
        learn(bob, alice.me, query_answer().device(alice.published()).get());
        auto const known = bob.in([&](crypto::context const& with) { return crypto::devices_of(with, alice.me).at(0).curve25519; });
        auto const keys = alice.one_time_key();
        auto const session = bob.with_keys([&](auto const&, auto& own) {
            auto const key = base::find_string(*base::find_object(keys, std::string(keys.begin()->key())), "key").value();
            return own.keys().begin_session(known, key).value();
        });
        begin_session(bob, *session, known);
        for (std::int64_t i = 0; i < crypto::most_strange_sessions + 20; ++i) begin_session(bob, *session, "strange " + std::to_string(i));
        CHECK(count_in(bob, "olm_session") == crypto::most_strange_sessions + 1);
        CHECK(bob.in([&](crypto::context const& with) { return crypto::has_session(with, known); }));
        CHECK_FALSE(bob.in([&](crypto::context const& with) { return crypto::has_session(with, "strange 0"); }));
    }

    TEST_CASE("of messages that were read so many are remembered") {
        party bob("@bob:b", "LAPTOP", 2);
        std::int64_t number = 0;
        bob.in([&](crypto::context const& with) {
            // As if they had been noted one by one, without their digests.
            with.t.run(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
                " INSERT INTO olm_seen (account, hash, seen) SELECT ?1, 'old ' || i, i FROM n",
                {with.account, crypto::most_seen + 500});
            for (int i = 0; i < 600; ++i) crypto::note_seen(with, "key", crypto::olm_message{1, "message " + std::to_string(i)});
            number = with.t.first("SELECT count(*) FROM olm_seen", {})->integer(0);
            CHECK(crypto::was_seen(with, "key", crypto::olm_message{1, "message 599"}));
        });
        CHECK(number <= crypto::most_seen + 300);
    }

    TEST_CASE("what was seen long ago is forgotten, what was seen of late is not") {
        party bob("@bob:b", "LAPTOP", 2);
        crypto::olm_message const first{1, "AAAA"};
        crypto::olm_message const second{1, "BBBB"};
        bob.in([&](crypto::context const& with) {
            crypto::note_seen(with, "key", first);
            crypto::note_unwedged(with, "key");
        });
        bob.now += crypto::seen_matters;
        bob.in([&](crypto::context const& with) { crypto::note_seen(with, "key", second); });
        bob.now += base::duration(1);
        bob.in([&](crypto::context const& with) { crypto::forget_old(with); });
        CHECK_FALSE(bob.in([&](crypto::context const& with) { return crypto::was_seen(with, "key", first); }));
        CHECK(bob.in([&](crypto::context const& with) { return crypto::was_seen(with, "key", second); }));
        CHECK(count_in(bob, "olm_unwedged") == 0);
    }
}

}  // namespace chatrixcd::test
