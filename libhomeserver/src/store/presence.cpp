// SPDX-License-Identifier: Apache-2.0
#include "store/presence.hpp"

#include "store/sealed_columns.hpp"
#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

namespace {

presence read(base::transaction& db, base::row const& row) {
    presence one;
    one.user = row.text(0);
    one.state = row.text(1);
    if (!row.is_null(2)) one.status = db.unseal(sealed_in::presence, row.bytes(2)).value();
    one.last_active = row.integer(3);
    return one;
}

}  // namespace

void put_presence(base::transaction& db, presence const& now) {
    base::sql_value status;
    if (now.status) status = db.seal(sealed_in::presence, *now.status);
    db.run(
        "INSERT INTO presence (user_id, state, status, last_active, stream_id) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, status = excluded.status, last_active = excluded.last_active,"
        " stream_id = excluded.stream_id",
        {now.user, now.state, status, now.last_active, sequences::next(db, sequences::presence)});
}

std::optional<presence> find_presence(base::transaction& db, std::string const& user) {
    auto const row = db.first("SELECT user_id, state, status, last_active FROM presence WHERE user_id = ?1", {user});
    if (!row) return std::nullopt;
    return read(db, *row);
}

presence_news presence_since(base::transaction& db, std::string const& user, std::int64_t after, std::int64_t limit) {
    presence_news news;
    auto const rows = db.query(
        "SELECT p.user_id, p.state, p.status, p.last_active, p.stream_id FROM presence p WHERE p.stream_id > ?2"
        " AND (p.user_id = ?1 OR EXISTS (SELECT 1 FROM memberships a JOIN memberships b ON b.room_id = a.room_id"
        " WHERE a.user_id = p.user_id AND b.user_id = ?1 AND a.membership = 'join' AND b.membership = 'join'))"
        " ORDER BY p.stream_id LIMIT ?3",
        {user, after, limit});
    for (auto const& row : rows) {
        news.all.push_back(read(db, row));
        news.last = row.integer(4);
    }
    return news;
}

bool share_a_room(base::transaction& db, std::string const& one, std::string const& other) {
    return db
        .first(
            "SELECT 1 FROM memberships a JOIN memberships b ON b.room_id = a.room_id"
            " WHERE a.user_id = ?1 AND b.user_id = ?2 AND a.membership = 'join' AND b.membership = 'join' LIMIT 1",
            {one, other})
        .has_value();
}

}  // namespace chatrixcd::homeserver
