// SPDX-License-Identifier: Apache-2.0
// Users, their devices and access tokens. A token is stored as its SHA-256: whoever reads the file cannot use it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct account {
    std::string user;
    std::string password;  // hash_password()
    std::optional<std::string> displayname;
    std::optional<std::string> avatar_url;
};

// False if the name is taken.
bool insert_account(base::transaction& db, std::string const& user, std::string const& password, std::int64_t now);
std::optional<account> find_account(base::transaction& db, std::string const& user);
bool account_exists(base::transaction& db, std::string const& user);
// Those not deactivated, by name; without their passwords.
std::vector<account> active_accounts(base::transaction& db);
enum class profile_field : std::uint8_t { displayname, avatar_url };
void set_profile(base::transaction& db, std::string const& user, profile_field field, std::optional<std::string> const& value);

struct device {
    std::string id;
    std::optional<std::string> display_name;
    std::int64_t created_at = 0;
};

std::vector<device> devices_of(base::transaction& db, std::string const& user);
// The display name of a device; false if there is no such device.
bool rename_device(base::transaction& db, std::string const& user, std::string const& device_id, std::string const& name);

struct session_tokens {
    std::string access;
    // Both or none.
    std::optional<std::string> refresh;
    std::optional<std::int64_t> expires_at;
};
// Logs a device in; earlier tokens of the same device end. The name is kept if the device exists.
void open_session(base::transaction& db, std::string const& user, device const& on, session_tokens const& tokens);

struct session {
    std::string user;
    std::string device;
    // When the access token is over, in milliseconds since 1970.
    std::optional<std::int64_t> expires_at;
    // What these tokens took the place of, until one of them is used: see confirm_refresh().
    std::optional<std::string> supersedes;
};

std::optional<session> find_session(base::transaction& db, std::string const& token);
// New tokens for the device of a refresh token, which stays good until one of the new ones is used (client-server API, POST /refresh):
// a client that never saw the answer asks once more. None: the token is not known, or was used up.
std::optional<session> refresh_session(base::transaction& db, std::string const& refresh_token, session_tokens const& fresh);
// A token that came of a refresh was used: what it took the place of is over.
void confirm_refresh(base::transaction& db, std::string const& superseded);
// No password is right any longer; the name stays taken.
void deactivate_account(base::transaction& db, std::string const& user);
void set_password(base::transaction& db, std::string const& user, std::string const& password);
// Logs out and forgets a device. True if others may have known it by its keys: remove_device() (keys/device_list.hpp) tells them.
bool delete_device(base::transaction& db, std::string const& user, std::string const& device_id);

}  // namespace chatrixcd::homeserver
