// SPDX-License-Identifier: Apache-2.0
#include "store/small_streams.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "store/sealed_columns.hpp"
#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

json::object read_body(base::transaction& db, base::blob const& column) {
    // Deeper than any request may be, for it came in one.
    return base::parse_json_object(db.unseal(sealed_in::account_data, column).value(), 128).value();
}

std::vector<account_datum> read_all(base::transaction& db, std::vector<base::row> const& rows) {
    std::vector<account_datum> all;
    all.reserve(rows.size());
    for (auto const& row : rows) all.push_back({row.text(0), row.text(1), read_body(db, row.bytes(2))});
    return all;
}

}  // namespace

void put_receipt(base::transaction& db, receipt const& r) {
    db.run(
        "INSERT INTO receipts (room_id, user_id, type, thread_id, event_id, received_at, stream_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT (room_id, user_id, type, thread_id) DO UPDATE SET event_id = excluded.event_id,"
        " received_at = excluded.received_at, stream_id = excluded.stream_id",
        {r.room, r.user, r.type, r.thread, r.event_id, r.received_at, sequences::next(db, sequences::receipts)});
}

std::vector<receipt> receipts_since(base::transaction& db, std::string const& room, std::int64_t after, std::string const& user) {
    std::vector<receipt> found;
    auto const rows = db.query(
        "SELECT user_id, type, thread_id, event_id, received_at FROM receipts WHERE room_id = ?1 AND stream_id > ?2"
        " AND (type <> 'm.read.private' OR user_id = ?3) ORDER BY stream_id",
        {room, after, user});
    for (auto const& row : rows) found.push_back({room, row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4)});
    return found;
}

std::vector<std::string> rooms_with_receipts(base::transaction& db, std::string const& user, std::int64_t after) {
    std::vector<std::string> rooms;
    auto const rows = db.query(
        "SELECT m.room_id FROM memberships m WHERE m.user_id = ?1 AND m.membership = 'join'"
        " AND EXISTS (SELECT 1 FROM receipts r WHERE r.room_id = m.room_id AND r.stream_id > ?2)",
        {user, after});
    for (auto const& row : rows) rooms.push_back(row.text(0));
    return rooms;
}

void put_account_data(base::transaction& db, std::string const& user, account_datum const& datum) {
    db.run(
        "INSERT INTO account_data (user_id, room_id, type, body, stream_id) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (user_id, room_id, type) DO UPDATE SET body = excluded.body, stream_id = excluded.stream_id",
        {user, datum.room, datum.type, db.seal(sealed_in::account_data, json::serialize(datum.content)),
         sequences::next(db, sequences::account_data)});
}

std::optional<json::object> find_account_data(base::transaction& db, std::string const& user, std::string const& room,
                                              std::string const& type) {
    auto const row = db.first("SELECT body FROM account_data WHERE user_id = ?1 AND room_id = ?2 AND type = ?3", {user, room, type});
    if (!row) return std::nullopt;
    return read_body(db, row->bytes(0));
}

std::vector<account_datum> account_data_since(base::transaction& db, std::string const& user, std::int64_t after) {
    return read_all(db, db.query("SELECT room_id, type, body FROM account_data WHERE user_id = ?1 AND stream_id > ?2 ORDER BY stream_id",
                                 {user, after}));
}

std::vector<account_datum> room_account_data(base::transaction& db, std::string const& user, std::string const& room) {
    return read_all(
        db, db.query("SELECT room_id, type, body FROM account_data WHERE user_id = ?1 AND room_id = ?2 ORDER BY stream_id", {user, room}));
}

}  // namespace chatrixcd::homeserver
