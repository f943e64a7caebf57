// SPDX-License-Identifier: Apache-2.0
#include "store/rooms.hpp"

#include <fmt/format.h>

namespace chatrixcd::homeserver {

namespace {

constexpr auto membership_columns = "room_id, user_id, membership, event_id, stream_ordering, joined_at, left_at, forgotten";

membership_row read(base::row const& row) {
    membership_row m;
    m.room = row.text(0);
    m.user = row.text(1);
    m.membership = row.text(2);
    m.event_id = row.text(3);
    m.stream = row.integer(4);
    m.joined_at = row.optional_integer(5);
    m.left_at = row.optional_integer(6);
    m.forgotten = row.integer(7) != 0;
    return m;
}

std::vector<membership_row> read_all(std::vector<base::row> const& rows) {
    std::vector<membership_row> all;
    all.reserve(rows.size());
    for (auto const& row : rows) all.push_back(read(row));
    return all;
}

}  // namespace

void insert_room(base::transaction& db, std::string const& room, protocol::room_version const& version) {
    db.run("INSERT INTO rooms (room_id, version) VALUES (?1, ?2)", {room, std::string(version.id)});
}

protocol::room_version const* find_version(base::transaction& db, std::string const& room) {
    auto const row = db.first("SELECT version FROM rooms WHERE room_id = ?1", {room});
    if (!row) return nullptr;
    return protocol::find_room_version(row->text(0)).value();
}

std::vector<extremity> extremities(base::transaction& db, std::string const& room) {
    std::vector<extremity> found;
    auto const rows = db.query(
        "SELECT e.event_id, e.depth, e.state_after FROM forward_extremities f JOIN events e ON e.event_id = f.event_id"
        " WHERE f.room_id = ?1 ORDER BY e.stream_ordering",
        {room});
    for (auto const& row : rows) found.push_back({row.text(0), row.integer(1), row.integer(2)});
    return found;
}

void replace_extremities(base::transaction& db, std::string const& room, std::string const& event_id) {
    db.run("DELETE FROM forward_extremities WHERE room_id = ?1", {room});
    db.run("INSERT INTO forward_extremities (room_id, event_id) VALUES (?1, ?2)", {room, event_id});
}

void put_current_state(base::transaction& db, std::string const& room, std::string const& type, std::string const& state_key,
                       std::string const& event_id) {
    db.run(
        "INSERT INTO current_state (room_id, type, state_key, event_id) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (room_id, type, state_key) DO UPDATE SET event_id = excluded.event_id",
        {room, type, state_key, event_id});
}

std::optional<std::string> current_state_event(base::transaction& db, std::string const& room, std::string_view type,
                                               std::string_view state_key) {
    auto const row = db.first("SELECT event_id FROM current_state WHERE room_id = ?1 AND type = ?2 AND state_key = ?3",
                              {room, std::string(type), std::string(state_key)});
    if (!row) return std::nullopt;
    return row->text(0);
}

std::vector<std::pair<std::string, std::string>> current_state_of_type(base::transaction& db, std::string const& room,
                                                                       std::string const& type) {
    std::vector<std::pair<std::string, std::string>> found;
    auto const rows =
        db.query("SELECT state_key, event_id FROM current_state WHERE room_id = ?1 AND type = ?2 ORDER BY state_key", {room, type});
    for (auto const& row : rows) found.emplace_back(row.text(0), row.text(1));
    return found;
}

void put_membership(base::transaction& db, membership_row const& m) {
    static auto const sql = fmt::format(
        "INSERT INTO memberships ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (user_id, room_id) DO UPDATE SET"
        " membership = excluded.membership, event_id = excluded.event_id, stream_ordering = excluded.stream_ordering,"
        " joined_at = excluded.joined_at, left_at = excluded.left_at, forgotten = excluded.forgotten",
        membership_columns);
    db.run(sql, {m.room, m.user, m.membership, m.event_id, m.stream, m.joined_at, m.left_at, std::int64_t{m.forgotten}});
}

std::optional<membership_row> find_membership(base::transaction& db, std::string const& room, std::string const& user) {
    static auto const sql = fmt::format("SELECT {} FROM memberships WHERE user_id = ?1 AND room_id = ?2", membership_columns);
    auto const row = db.first(sql, {user, room});
    if (!row) return std::nullopt;
    return read(*row);
}

std::vector<membership_row> memberships_of(base::transaction& db, std::string const& user) {
    static auto const sql =
        fmt::format("SELECT {} FROM memberships WHERE user_id = ?1 AND forgotten = 0 ORDER BY room_id", membership_columns);
    return read_all(db.query(sql, {user}));
}

std::vector<membership_row> members_of(base::transaction& db, std::string const& room) {
    static auto const sql = fmt::format("SELECT {} FROM memberships WHERE room_id = ?1 ORDER BY stream_ordering", membership_columns);
    return read_all(db.query(sql, {room}));
}

void forget_room(base::transaction& db, std::string const& room, std::string const& user) {
    db.run("UPDATE memberships SET forgotten = 1 WHERE user_id = ?1 AND room_id = ?2", {user, room});
}

bool is_joined(base::transaction& db, std::string const& room, std::string const& user) {
    auto const place = find_membership(db, room, user);
    return place && place->membership == "join";
}

std::int64_t joined_count(base::transaction& db, std::string const& room) {
    return db.query("SELECT COUNT(*) FROM memberships WHERE room_id = ?1 AND membership = 'join'", {room}).at(0).integer(0);
}

bool is_listed(base::transaction& db, std::string const& room) {
    return db.first("SELECT 1 FROM rooms WHERE room_id = ?1 AND is_listed = 1", {room}).has_value();
}

void set_listed(base::transaction& db, std::string const& room, bool listed) {
    db.run("UPDATE rooms SET is_listed = ?2 WHERE room_id = ?1", {room, std::int64_t{listed}});
}

std::vector<std::string> listed_rooms(base::transaction& db) {
    std::vector<std::string> rooms;
    auto const rows = db.query(
        "SELECT r.room_id FROM rooms r WHERE r.is_listed = 1 ORDER BY"
        " (SELECT COUNT(*) FROM memberships m WHERE m.room_id = r.room_id AND m.membership = 'join') DESC, r.room_id");
    for (auto const& row : rows) rooms.push_back(row.text(0));
    return rooms;
}

std::vector<std::string> aliases_of(base::transaction& db, std::string const& room) {
    std::vector<std::string> aliases;
    for (auto const& row : db.query("SELECT alias FROM room_aliases WHERE room_id = ?1 ORDER BY alias", {room}))
        aliases.push_back(row.text(0));
    return aliases;
}

std::optional<std::string> creator_of_alias(base::transaction& db, std::string const& alias) {
    auto const row = db.first("SELECT creator FROM room_aliases WHERE alias = ?1", {alias});
    if (!row) return std::nullopt;
    return row->text(0);
}

void delete_alias(base::transaction& db, std::string const& alias) { db.run("DELETE FROM room_aliases WHERE alias = ?1", {alias}); }

void move_aliases(base::transaction& db, std::string const& from, std::string const& to) {
    db.run("UPDATE room_aliases SET room_id = ?2 WHERE room_id = ?1", {from, to});
}

std::optional<std::string> find_alias(base::transaction& db, std::string const& alias) {
    auto const row = db.first("SELECT room_id FROM room_aliases WHERE alias = ?1", {alias});
    if (!row) return std::nullopt;
    return row->text(0);
}

bool put_alias(base::transaction& db, std::string const& alias, std::string const& room, std::string const& creator) {
    return db.run("INSERT INTO room_aliases (alias, room_id, creator) VALUES (?1, ?2, ?3) ON CONFLICT (alias) DO NOTHING",
                  {alias, room, creator}) == 1;
}

}  // namespace chatrixcd::homeserver
