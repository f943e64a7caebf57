// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/room_key_table.hpp"

#include <algorithm>

#include "crypto/pickles.hpp"
#include "crypto/strangers.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

// A ratchet that has to be turned further for each message is stored anew after so many.
constexpr std::int64_t pickle_every = 64;
constexpr char const* columns =
    "SELECT id, sender, sender_key, sender_ed25519, source, first_index, highest_index, pickle, messages_of FROM room_key";

// Whether both are one ratchet: from the later of their first indexes on they give the same.
bool connects(room_key_row const& known, inbound_group& other) {
    auto const index = static_cast<std::uint32_t>(std::max<std::int64_t>(known.first_index, other.first_index()));
    auto const mine = known.group->export_at(index);
    auto const theirs = other.export_at(index);
    return mine && theirs && base::equal_constant_time(mine->reveal(), theirs->reveal());
}

room_key_row row_of(context const& with, base::row const& from, room_id const& room, std::string const& session) {
    room_key_row row;
    row.id = from.integer(0);
    row.room = room;
    row.session = session;
    row.sender = user_id(from.text(1));
    row.sender_curve25519 = from.text(2);
    row.sender_ed25519 = from.text(3);
    row.source = static_cast<key_source>(from.integer(4));
    row.first_index = from.integer(5);
    row.highest_index = from.integer(6);
    row.group = loaded(with.olm.load_inbound_group(unsealed(with.t, sealed_in::room_key, from, 7)));
    row.messages_of = from.integer(8);
    return row;
}

std::optional<room_key_row> find_of_device(context const& with, room_key_row const& like) {
    auto const found = with.t.first(std::string(columns) + " WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender_key = ?4",
                                    {with.account, like.room.str(), like.session, like.sender_curve25519});
    if (!found) return std::nullopt;
    return row_of(with, *found, like.room, like.session);
}

// The messages that were read by the same ratchet, if it came in another way: one of them is not read again.
void share_messages(context const& with, room_key_row& row) {
    for (auto const& found :
         with.t.query(std::string(columns) + " WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender = ?4 ORDER BY id",
                      {with.account, row.room.str(), row.session, row.sender.str()})) {
        auto const other = row_of(with, found, row.room, row.session);
        if (!connects(other, *row.group)) continue;
        row.messages_of = other.messages_of;
        row.highest_index = std::max(row.highest_index, other.highest_index);
    }
    if (row.messages_of != 0) return;
    row.messages_of = with.t.first("SELECT coalesce(max(messages_of), 0) + 1 FROM room_key", {})->integer(0);
}

}  // namespace

std::optional<room_key_row> find_room_key(context const& with, room_id const& room, std::string const& session, user_id const& sender) {
    auto const found = with.t.first(
        std::string(columns) +
            " WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender = ?4 ORDER BY source, first_index, id LIMIT 1",
        {with.account, room.str(), session, sender.str()});
    if (!found) return std::nullopt;
    return row_of(with, *found, room, session);
}

std::vector<room_key_row> room_keys_of(context const& with, room_id const& room, std::string const& session) {
    std::vector<room_key_row> rows;
    for (auto const& found : with.t.query(
             std::string(columns) + " WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 ORDER BY source, first_index, id LIMIT 4",
             {with.account, room.str(), session})) {
        rows.push_back(row_of(with, found, room, session));
    }
    return rows;
}

key_outcome add_room_key(context const& with, room_key_row row) {
    row.first_index = row.group->first_index();
    if (auto const known = find_of_device(with, row)) {
        bool const vouched_more = row.source < known->source;
        bool const is_same = known->sender == row.sender && connects(*known, *row.group);
        // Of two that nobody could show to be right the one that reads more is tried; it is forgotten if it reads nothing.
        bool const is_tried = row.source != key_source::direct && row.source == known->source && known->highest_index < 0 &&
                              row.first_index < known->first_index;
        if (!is_same && !vouched_more && !is_tried) return key_outcome::refused;
        if (!is_same) {
            // Who passed the other one on, or wrote it into a backup, has made it up: it stands in nobody's way, nor does what it read.
            forget_room_key(with, *known);
            (void)add_room_key(with, std::move(row));
            return key_outcome::improved;
        }
        if (row.first_index >= known->first_index && !vouched_more) return key_outcome::known;
        // A better voucher does not take away what an earlier key reads.
        bool const reads_more = row.first_index < known->first_index;
        // Nor is whose device it is said to be worth more than who said it.
        auto const& better = vouched_more ? row : *known;
        with.t.run("UPDATE room_key SET pickle = ?2, first_index = ?3, source = ?4, sender_ed25519 = ?5, in_backup = 0 WHERE id = ?1",
                   {known->id, sealed(with.t, sealed_in::room_key, reads_more ? row.group->pickle() : known->group->pickle()),
                    std::min(row.first_index, known->first_index), static_cast<std::int64_t>(better.source), better.sender_ed25519});
        return key_outcome::improved;
    }
    share_messages(with, row);
    with.t.run(
        "INSERT INTO room_key (account, room_id, session_id, sender, sender_key, sender_ed25519, source, first_index, highest_index, "
        "pickle,"
        " received, messages_of) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        {with.account, row.room.str(), row.session, row.sender.str(), row.sender_curve25519, row.sender_ed25519,
         static_cast<std::int64_t>(row.source), row.first_index, row.highest_index,
         sealed(with.t, sealed_in::room_key, row.group->pickle()), with.milliseconds(), row.messages_of});
    bound_keys_of(with, row.room);
    return key_outcome::added;
}

void forget_room_key(context const& with, room_key_row const& row) {
    with.t.run("DELETE FROM room_key WHERE id = ?1", {row.id});
    with.t.run("DELETE FROM room_message WHERE room_key = ?1 AND NOT EXISTS (SELECT 1 FROM room_key WHERE messages_of = ?1)",
               {row.messages_of});
}

bool has_newer_key(context const& with, room_key_row const& than) {
    return with.t
        .first(
            "SELECT 1 FROM room_key WHERE account = ?1 AND room_id = ?2 AND sender_key = ?3 AND source = 0 AND highest_index >= 0"
            " AND id <> ?4 AND (id > ?4 OR ?5) LIMIT 1",
            {with.account, than.room.str(), than.sender_curve25519, than.id, std::int64_t{than.source != key_source::direct}})
        .has_value();
}

bool note_message(context const& with, room_key_row& of, std::uint32_t index, std::string const& event, base::time_point sent) {
    bool const is_new = with.t.run(
                            "INSERT INTO room_message (room_key, message_index, event_id, sent) VALUES (?1, ?2, ?3, ?4)"
                            " ON CONFLICT DO NOTHING",
                            {of.messages_of, std::int64_t{index}, event, std::int64_t{sent.time_since_epoch().count()}}) == 1;
    if (!is_new) {
        auto const known = with.t.first("SELECT event_id, sent FROM room_message WHERE room_key = ?1 AND message_index = ?2",
                                        {of.messages_of, std::int64_t{index}});
        return known && known->text(0) == event && known->integer(1) == sent.time_since_epoch().count();
    }
    if (std::int64_t{index} <= of.highest_index) return true;
    of.highest_index = index;
    if ((std::int64_t{index} + 1) % pickle_every == 0) {
        with.t.run("UPDATE room_key SET highest_index = ?2, pickle = ?3 WHERE id = ?1",
                   {of.id, of.highest_index, sealed(with.t, sealed_in::room_key, of.group->pickle())});
    } else {
        with.t.run("UPDATE room_key SET highest_index = ?2 WHERE id = ?1", {of.id, of.highest_index});
    }
    return true;
}

}  // namespace chatrixcd::matrix::crypto
