// SPDX-License-Identifier: Apache-2.0
// Profile fields beside the display name and the avatar, which accounts.hpp keeps.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

// All fields of a user, those two included; none if there is no such user.
std::optional<boost::json::object> find_profile(base::transaction& db, std::string const& user);
void put_profile_field(base::transaction& db, std::string const& user, std::string const& name, boost::json::value const& value);
void delete_profile_field(base::transaction& db, std::string const& user, std::string const& name);

}  // namespace chatrixcd::homeserver
