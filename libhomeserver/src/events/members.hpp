// SPDX-License-Identifier: Apache-2.0
// Membership events: their content, and joining with all that it takes.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "events/append.hpp"

namespace chatrixcd::homeserver {

// An m.room.member event about `user`. A join, invite or knock carries the user's display name and avatar.
draft member_draft(step& s, std::string const& room, protocol::user_id const& sender, std::string const& user, std::string_view membership,
                   std::optional<std::string> const& reason);

// Joins; nothing happens if the user is in already. For rooms with the rule `restricted`, finds the member who answers for it.
// Errors: forbidden, not_found.
result<void> join(step& s, std::string const& room, protocol::user_id const& user, std::optional<std::string> const& reason);

// Errors: invalid_param (no user id), forbidden (another server's: there is no federation), not_found (no such account).
result<protocol::user_id> local_user(step& s, std::string const& id);

}  // namespace chatrixcd::homeserver
