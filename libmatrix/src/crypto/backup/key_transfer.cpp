// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/key_transfer.hpp"

#include <algorithm>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/pickles.hpp"
#include "crypto/rooms/waiting.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr std::int64_t slice = 200;
constexpr std::int64_t most_at_once = 100;

exported_session session_of(context const& with, base::sealed_column const& in, base::row const& from, std::size_t column) {
    exported_session made;
    made.sender_curve25519 = from.text(column);
    made.sender_ed25519 = from.text(column + 1);
    made.group = loaded(with.olm.load_inbound_group(unsealed(with.t, in, from, column + 2)));
    return made;
}

exported_slice slice_of(context const& with, base::sealed_column const& in, std::vector<base::row> const& rows) {
    exported_slice made;
    for (auto const& row : rows) {
        auto session = session_of(with, in, row, 3);
        room_key_row key;
        key.room = room_id(row.text(1));
        key.session = row.text(2);
        key.sender_curve25519 = std::move(session.sender_curve25519);
        key.sender_ed25519 = std::move(session.sender_ed25519);
        key.group = std::move(session.group);
        made.sessions.push_back(write_exported(key, /*with_place=*/true));
        made.last = row.integer(0);
    }
    return made;
}

enum class import_outcome : std::uint8_t { taken, known, refused };

bool connects(inbound_group& a, inbound_group& b) {
    auto const index = std::max(a.first_index(), b.first_index());
    auto const first = a.export_at(index);
    auto const second = b.export_at(index);
    return first && second && base::equal_constant_time(first->reveal(), second->reveal());
}

import_outcome import_key(context const& with, json::value const& from) {
    if (!from.is_object()) return import_outcome::refused;
    auto const room = room_id::parse(base::find_string(from.get_object(), "room_id").value_or(std::string()));
    auto const read = read_exported(with.olm, from.get_object());
    if (!room || !read) return import_outcome::refused;
    auto const session = read->group->id();
    if (base::find_string(from.get_object(), "session_id") != session) return import_outcome::refused;
    std::int64_t const first = read->group->first_index();
    auto const held = with.t.first(
        "SELECT 1 FROM room_key WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender_key = ?4 AND first_index <= ?5",
        {with.account, room->str(), session, read->sender_curve25519, first});
    if (held) return import_outcome::known;
    if (auto const before = with.t.first(
            "SELECT sender_key, sender_ed25519, pickle FROM imported_key WHERE account = ?1 AND room_id = ?2 AND session_id = ?3",
            {with.account, room->str(), session})) {
        auto const known = session_of(with, sealed_in::imported_key, *before, 0);
        if (known.sender_curve25519 != read->sender_curve25519 || !connects(*known.group, *read->group)) return import_outcome::refused;
        if (first >= known.group->first_index()) return import_outcome::known;
    }
    with.t.run(
        "INSERT INTO imported_key (account, room_id, session_id, sender_key, sender_ed25519, first_index, pickle) VALUES (?1, ?2, ?3, ?4,"
        " ?5, ?6, ?7) ON CONFLICT (account, room_id, session_id) DO UPDATE SET sender_key = excluded.sender_key, sender_ed25519 ="
        " excluded.sender_ed25519, first_index = excluded.first_index, pickle = excluded.pickle",
        {with.account, room->str(), session, read->sender_curve25519, read->sender_ed25519, first,
         sealed(with.t, sealed_in::imported_key, read->group->pickle())});
    return import_outcome::taken;
}

}  // namespace

exported_slice export_room_keys(context const& with, std::int64_t after) {
    return slice_of(with, sealed_in::room_key,
                    with.t.query("SELECT id, room_id, session_id, sender_key, sender_ed25519, pickle FROM room_key WHERE account = ?1"
                                 " AND id > ?2 AND NOT EXISTS (SELECT 1 FROM room_key AS better WHERE better.account = ?1 AND"
                                 " better.room_id = room_key.room_id AND better.session_id = room_key.session_id AND"
                                 " (better.source, better.id) < (room_key.source, room_key.id)) ORDER BY id LIMIT ?3",
                                 {with.account, after, slice}));
}

exported_slice export_imported_keys(context const& with, std::int64_t after) {
    return slice_of(
        with, sealed_in::imported_key,
        with.t.query("SELECT rowid, room_id, session_id, sender_key, sender_ed25519, pickle FROM imported_key WHERE account = ?1"
                     " AND rowid > ?2 AND NOT EXISTS (SELECT 1 FROM room_key AS held WHERE held.account = ?1 AND held.room_id ="
                     " imported_key.room_id AND held.session_id = imported_key.session_id) ORDER BY rowid LIMIT ?3",
                     {with.account, after, slice}));
}

imported_keys import_keys(context const& with, std::span<json::value const> exported) {
    imported_keys count;
    for (auto const& each : exported) {
        auto const outcome = import_key(with, each);
        if (outcome == import_outcome::taken) ++count.taken;
        if (outcome == import_outcome::known) ++count.known;
        if (outcome == import_outcome::refused) ++count.refused;
    }
    return count;
}

std::vector<session_name> imported_and_awaited(context const& with) {
    std::vector<session_name> found;
    for (auto const& row : with.t.query(
             "SELECT DISTINCT undecrypted.room_id, undecrypted.session_id FROM undecrypted JOIN imported_key ON imported_key.account ="
             " undecrypted.account AND imported_key.room_id = undecrypted.room_id AND imported_key.session_id = undecrypted.session_id"
             " WHERE undecrypted.account = ?1 AND undecrypted.for_device = 0 LIMIT ?2",
             {with.account, most_at_once})) {
        found.emplace_back(room_id(row.text(0)), row.text(1));
    }
    return found;
}

restored take_imported(context const& with, session_name const& which) {
    auto const& [room, session] = which;
    auto const row =
        with.t.first("SELECT sender_key, sender_ed25519, pickle FROM imported_key WHERE account = ?1 AND room_id = ?2 AND session_id = ?3",
                     {with.account, room.str(), session});
    restored done;
    if (!row) return done;
    auto const imported = session_of(with, sealed_in::imported_key, *row, 0);
    for (auto const& sender : senders_waiting(with, room, session)) {
        auto const outcome = adopt_key(with, room, session, sender, imported);
        if (outcome == key_outcome::refused) {
            done.complaint = "an imported key, for " + room.str() + ", is not taken: it contradicts what is known of " + sender.str();
        }
        if (outcome == key_outcome::added || outcome == key_outcome::improved) done.has_key = true;
    }
    return done;
}

}  // namespace chatrixcd::matrix::crypto
