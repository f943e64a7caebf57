// SPDX-License-Identifier: Apache-2.0
#include "store/key_backup.hpp"

#include <utility>

#include "store/sealed_columns.hpp"
#include "store/stored_json.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

std::optional<key_backup> read(base::transaction& db, std::optional<base::row> const& row) {
    if (!row) return std::nullopt;
    return key_backup{row->integer(0), row->text(1), std::move(unseal_json(db, sealed_in::backup, row->bytes(2)).as_object()),
                      row->integer(3)};
}

// "Server-side key backups": verified keys first, then those that decrypt more, then those that came a shorter way.
bool is_better(backed_up_key const& one, backed_up_key const& other) {
    if (one.is_verified != other.is_verified) return one.is_verified;
    if (one.first_message_index != other.first_message_index) return one.first_message_index < other.first_message_index;
    return one.forwarded_count < other.forwarded_count;
}

}  // namespace

std::int64_t create_backup(base::transaction& db, std::string const& user, std::string const& algorithm, json::object const& auth_data) {
    auto const last = db.query("SELECT COALESCE(MAX(version), 0) FROM key_backups WHERE user_id = ?1", {user}).at(0).integer(0);
    db.run("INSERT INTO key_backups (user_id, version, algorithm, auth_data, etag, deleted) VALUES (?1, ?2, ?3, ?4, 0, 0)",
           {user, last + 1, algorithm, seal_json(db, sealed_in::backup, auth_data)});
    return last + 1;
}

std::optional<key_backup> latest_backup(base::transaction& db, std::string const& user) {
    return read(db, db.first("SELECT version, algorithm, auth_data, etag FROM key_backups WHERE user_id = ?1 AND deleted = 0"
                             " ORDER BY version DESC LIMIT 1",
                             {user}));
}

std::optional<key_backup> find_backup(base::transaction& db, std::string const& user, std::int64_t version) {
    return read(db,
                db.first("SELECT version, algorithm, auth_data, etag FROM key_backups WHERE user_id = ?1 AND version = ?2 AND deleted = 0",
                         {user, version}));
}

bool backup_existed(base::transaction& db, std::string const& user, std::int64_t version) {
    return db.first("SELECT 1 FROM key_backups WHERE user_id = ?1 AND version = ?2", {user, version}).has_value();
}

void set_auth_data(base::transaction& db, std::string const& user, std::int64_t version, json::object const& auth_data) {
    db.run("UPDATE key_backups SET auth_data = ?3 WHERE user_id = ?1 AND version = ?2",
           {user, version, seal_json(db, sealed_in::backup, auth_data)});
}

void delete_backup(base::transaction& db, std::string const& user, std::int64_t version) {
    db.run("DELETE FROM backed_up_keys WHERE user_id = ?1 AND version = ?2", {user, version});
    db.run("UPDATE key_backups SET deleted = 1, auth_data = ?3 WHERE user_id = ?1 AND version = ?2",
           {user, version, seal_json(db, sealed_in::backup, json::object())});
}

void delete_backups(base::transaction& db, std::string const& user) {
    for (auto const& row : db.query("SELECT version FROM key_backups WHERE user_id = ?1", {user})) delete_backup(db, user, row.integer(0));
}

std::vector<backed_up_key> backed_up_keys(base::transaction& db, backup_place const& where) {
    std::vector<backed_up_key> keys;
    auto const rows = db.query(
        "SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, session_data FROM backed_up_keys"
        " WHERE user_id = ?1 AND version = ?2 AND room_id = COALESCE(?3, room_id) AND session_id = COALESCE(?4, session_id)"
        " ORDER BY room_id, session_id",
        {where.user, where.version, where.room, where.session});
    for (auto const& row : rows) {
        keys.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4) != 0,
                        std::move(unseal_json(db, sealed_in::backed_up, row.bytes(5)).as_object())});
    }
    return keys;
}

std::int64_t count_backed_up_keys(base::transaction& db, std::string const& user, std::int64_t version) {
    return db.query("SELECT COUNT(*) FROM backed_up_keys WHERE user_id = ?1 AND version = ?2", {user, version}).at(0).integer(0);
}

bool put_backed_up_key(base::transaction& db, std::string const& user, std::int64_t version, backed_up_key const& key) {
    auto const row = db.first(
        "SELECT first_message_index, forwarded_count, is_verified FROM backed_up_keys WHERE user_id = ?1 AND version = ?2 AND room_id = ?3"
        " AND session_id = ?4",
        {user, version, key.room, key.session});
    if (row) {
        backed_up_key known;
        known.first_message_index = row->integer(0);
        known.forwarded_count = row->integer(1);
        known.is_verified = row->integer(2) != 0;
        if (!is_better(key, known)) return false;
    }
    db.run(
        "INSERT INTO backed_up_keys (user_id, version, room_id, session_id, first_message_index, forwarded_count, is_verified, "
        "session_data)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET"
        " first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count,"
        " is_verified = excluded.is_verified, session_data = excluded.session_data",
        {user, version, key.room, key.session, key.first_message_index, key.forwarded_count, std::int64_t{key.is_verified},
         seal_json(db, sealed_in::backed_up, key.session_data)});
    return true;
}

bool delete_backed_up_keys(base::transaction& db, backup_place const& where) {
    return db.run(
               "DELETE FROM backed_up_keys WHERE user_id = ?1 AND version = ?2 AND room_id = COALESCE(?3, room_id)"
               " AND session_id = COALESCE(?4, session_id)",
               {where.user, where.version, where.room, where.session}) > 0;
}

void renew_etag(base::transaction& db, std::string const& user, std::int64_t version) {
    db.run("UPDATE key_backups SET etag = etag + 1 WHERE user_id = ?1 AND version = ?2", {user, version});
}

}  // namespace chatrixcd::homeserver
