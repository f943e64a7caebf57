// SPDX-License-Identifier: Apache-2.0
#include "crypto/strangers.hpp"

#include "crypto/olm/session_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

bool is_in(context const& with, room_id const& room) {
    return with.t.first("SELECT 1 FROM room WHERE account = ?1 AND room_id = ?2 AND membership = 'join'", {with.account, room.str()})
        .has_value();
}

}  // namespace

void bound_withheld(context const& with, room_id const& room, user_id const& sender) {
    if (is_in(with, room)) {
        with.t.run(
            "DELETE FROM withheld WHERE account = ?1 AND sender = ?2 AND rowid <= (SELECT rowid FROM withheld WHERE account = ?1 AND"
            " sender = ?2 ORDER BY rowid DESC LIMIT 1 OFFSET ?3)",
            {with.account, sender.str(), most_withheld_by_one});
        return;
    }
    with.t.run(
        "DELETE FROM withheld WHERE account = ?1 AND elsewhere = 1 AND rowid <= (SELECT rowid FROM withheld WHERE account = ?1 AND"
        " elsewhere = 1 ORDER BY rowid DESC LIMIT 1 OFFSET ?2)",
        {with.account, most_withheld_elsewhere});
}

void bound_keys_of(context const& with, room_id const& room) {
    if (is_in(with, room)) return;
    with.t.run(
        "DELETE FROM room_key WHERE id IN (SELECT id FROM room_key WHERE account = ?1 AND highest_index < 0 AND NOT EXISTS (SELECT 1 FROM"
        " room WHERE room.account = ?1 AND room.room_id = room_key.room_id AND room.membership = 'join') ORDER BY id DESC LIMIT -1 OFFSET"
        " ?2)",
        {with.account, most_keys_elsewhere});
}

void bound_sessions_of(context const& with, std::string const& their_key) {
    bool const is_known =
        with.t.first("SELECT 1 FROM device WHERE account = ?1 AND curve25519 = ?2 LIMIT 1", {with.account, their_key}).has_value();
    if (is_known) return;
    with.t.run(
        "DELETE FROM olm_session WHERE rowid IN (SELECT rowid FROM olm_session WHERE account = ?1 AND NOT EXISTS (SELECT 1 FROM device"
        " WHERE device.account = ?1 AND device.curve25519 = olm_session.their_key) ORDER BY rowid DESC LIMIT -1 OFFSET ?2)",
        {with.account, most_strange_sessions});
}

void bound_seen(context const& with) {
    with.t.run(
        "DELETE FROM olm_seen WHERE account = ?1 AND seen <= (SELECT seen FROM olm_seen WHERE account = ?1 ORDER BY seen DESC LIMIT 1"
        " OFFSET ?2)",
        {with.account, most_seen});
}

void forget_old(context const& with) {
    auto const before = with.now - seen_matters;
    forget_seen(with, before);
    with.t.run("DELETE FROM olm_unwedged WHERE account = ?1 AND at < ?2", {with.account, std::int64_t{before.time_since_epoch().count()}});
}

}  // namespace chatrixcd::matrix::crypto
