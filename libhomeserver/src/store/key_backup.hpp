// SPDX-License-Identifier: Apache-2.0
// Backups of room keys, which users keep here in encrypted form. A backup that was deleted leaves its number behind, so that no later one
// gets it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct key_backup {
    std::int64_t version = 0;
    std::string algorithm;
    boost::json::object auth_data;
    // Changes with each change of its keys.
    std::int64_t etag = 0;
};

// The version of the new backup.
std::int64_t create_backup(base::transaction& db, std::string const& user, std::string const& algorithm,
                           boost::json::object const& auth_data);
std::optional<key_backup> latest_backup(base::transaction& db, std::string const& user);
std::optional<key_backup> find_backup(base::transaction& db, std::string const& user, std::int64_t version);
// Whether there was one of that version, deleted or not.
bool backup_existed(base::transaction& db, std::string const& user, std::int64_t version);
void set_auth_data(base::transaction& db, std::string const& user, std::int64_t version, boost::json::object const& auth_data);
// With all keys in it.
void delete_backup(base::transaction& db, std::string const& user, std::int64_t version);
void delete_backups(base::transaction& db, std::string const& user);

struct backed_up_key {
    std::string room;
    std::string session;
    std::int64_t first_message_index = 0;
    std::int64_t forwarded_count = 0;
    bool is_verified = false;
    boost::json::object session_data;
};

// Where in a backup: everywhere, in a room, or one session of it.
struct backup_place {
    std::string user;
    std::int64_t version = 0;
    std::optional<std::string> room;
    std::optional<std::string> session;
};

// By room and session.
std::vector<backed_up_key> backed_up_keys(base::transaction& db, backup_place const& where);
std::int64_t count_backed_up_keys(base::transaction& db, std::string const& user, std::int64_t version);
// Takes the place of what is there only if it is better ("Server-side key backups"). Whether the backup is another now.
bool put_backed_up_key(base::transaction& db, std::string const& user, std::int64_t version, backed_up_key const& key);
// Whether there were any.
bool delete_backed_up_keys(base::transaction& db, backup_place const& where);
// The keys are others now.
void renew_etag(base::transaction& db, std::string const& user, std::int64_t version);

}  // namespace chatrixcd::homeserver
