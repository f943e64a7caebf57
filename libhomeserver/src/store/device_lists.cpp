// SPDX-License-Identifier: Apache-2.0
#include "store/device_lists.hpp"

#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

namespace {

std::vector<std::string> names(std::vector<base::row> const& rows) {
    std::vector<std::string> users;
    users.reserve(rows.size());
    for (auto const& row : rows) users.push_back(row.text(0));
    return users;
}

}  // namespace

void put_device_list_change(base::transaction& db, std::string const& user, std::optional<std::string> const& seen_by) {
    db.run("INSERT INTO device_list_changes (stream_id, user_id, seen_by) VALUES (?1, ?2, ?3)",
           {sequences::next(db, sequences::keys), user, seen_by});
}

std::vector<std::string> changed_device_lists(base::transaction& db, std::string const& user, stretch const& of_keys) {
    return names(
        db.query("SELECT DISTINCT c.user_id FROM device_list_changes c WHERE c.stream_id > ?2 AND c.stream_id <= ?3"
                 " AND (c.seen_by = ?1 OR (c.seen_by IS NULL AND (c.user_id = ?1 OR EXISTS"
                 " (SELECT 1 FROM memberships a JOIN memberships b ON b.room_id = a.room_id"
                 " WHERE a.user_id = c.user_id AND b.user_id = ?1 AND a.membership = 'join' AND b.membership = 'join'))))"
                 " ORDER BY c.user_id",
                 {user, of_keys.after, of_keys.up_to}));
}

// In two parts, each of which begins at the few rows that are new: the rooms that the user came into, and the others who came. Who was in
// some room with them all the time was told of in the other stream.
std::vector<std::string> users_met(base::transaction& db, std::string const& user, stretch const& of_events) {
    return names(
        db.query("SELECT met.user_id FROM"
                 " (SELECT b.user_id AS user_id FROM memberships a CROSS JOIN memberships b WHERE a.user_id = ?1 AND a.membership = 'join'"
                 " AND a.joined_at > ?2 AND a.joined_at <= ?3"
                 " AND b.room_id = a.room_id AND b.membership = 'join' AND b.joined_at <= ?3"
                 " UNION"
                 " SELECT b.user_id AS user_id FROM memberships b CROSS JOIN memberships a WHERE b.stream_ordering > ?2"
                 " AND b.membership = 'join' AND b.joined_at > ?2 AND b.joined_at <= ?3"
                 " AND a.room_id = b.room_id AND a.user_id = ?1 AND a.membership = 'join' AND a.joined_at <= ?3) met"
                 " WHERE met.user_id <> ?1 AND NOT EXISTS (SELECT 1 FROM memberships c JOIN memberships d ON d.room_id = c.room_id"
                 " WHERE c.user_id = ?1 AND d.user_id = met.user_id AND c.membership = 'join' AND d.membership = 'join'"
                 " AND c.joined_at <= ?2 AND d.joined_at <= ?2)"
                 " ORDER BY met.user_id",
                 {user, of_events.after, of_events.up_to}));
}

// In two parts as well: the rooms that the user left, and the others who left.
std::vector<std::string> users_parted(base::transaction& db, std::string const& user, stretch const& of_events) {
    return names(
        db.query("SELECT gone.user_id FROM"
                 " (SELECT b.user_id AS user_id FROM memberships a CROSS JOIN memberships b WHERE a.user_id = ?1 AND a.membership <> 'join'"
                 " AND a.left_at > ?2 AND a.left_at <= ?3"
                 " AND b.room_id = a.room_id AND (b.membership = 'join' OR b.left_at > ?2)"
                 " UNION"
                 " SELECT b.user_id AS user_id FROM memberships b CROSS JOIN memberships a WHERE b.stream_ordering > ?2"
                 " AND b.membership <> 'join' AND b.left_at > ?2 AND b.left_at <= ?3"
                 " AND a.room_id = b.room_id AND a.user_id = ?1 AND (a.membership = 'join' OR a.left_at > ?2)) gone"
                 " WHERE gone.user_id <> ?1 AND NOT EXISTS (SELECT 1 FROM memberships c JOIN memberships d ON d.room_id = c.room_id"
                 " WHERE c.user_id = ?1 AND d.user_id = gone.user_id AND c.membership = 'join' AND d.membership = 'join')"
                 " ORDER BY gone.user_id",
                 {user, of_events.after, of_events.up_to}));
}

void put_key_count_change(base::transaction& db, std::string const& user, std::string const& device) {
    db.run(
        "INSERT INTO key_count_changes (user_id, device_id, stream_id) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (user_id, device_id) DO UPDATE SET stream_id = excluded.stream_id",
        {user, device, sequences::next(db, sequences::keys)});
}

bool have_key_counts_changed(base::transaction& db, std::string const& user, std::string const& device, std::int64_t after) {
    return db.first("SELECT 1 FROM key_count_changes WHERE user_id = ?1 AND device_id = ?2 AND stream_id > ?3", {user, device, after})
        .has_value();
}

}  // namespace chatrixcd::homeserver
