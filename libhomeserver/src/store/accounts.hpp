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
// `column`: displayname or avatar_url.
enum class profile_field : std::uint8_t { displayname, avatar_url };
void set_profile(base::transaction& db, std::string const& user, profile_field field, std::optional<std::string> const& value);

struct device {
    std::string id;
    std::optional<std::string> display_name;
    std::int64_t created_at = 0;
};

std::vector<device> devices_of(base::transaction& db, std::string const& user);
// Logs a device in; an earlier token of the same device ends. The name is kept if the device exists.
void open_session(base::transaction& db, std::string const& user, device const& on, std::string const& token);

struct session {
    std::string user;
    std::string device;
};

std::optional<session> find_session(base::transaction& db, std::string const& token);
// Logs out and forgets one device, or all.
void delete_device(base::transaction& db, std::string const& user, std::string const& device_id);
void delete_devices(base::transaction& db, std::string const& user);

}  // namespace chatrixcd::homeserver
