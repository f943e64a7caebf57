// SPDX-License-Identifier: Apache-2.0
// Who has which power in a room now.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/protocol/power_levels.hpp>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

// None if there is no such room, or its state makes no sense.
std::optional<protocol::power_levels> levels_of(step& s, std::string const& room);

// Whether somebody is in the room and has the power to send such a state event.
bool may_send_state(step& s, std::string const& room, protocol::user_id const& user, std::string_view type);

// The auth rules let everybody redact what comes from their own server: who may redact what on this one is decided here, before the
// redaction is made. One's own events, or any with the power to redact. Errors: not_found (no such event in this room), forbidden.
base::result<void> check_redaction(step& s, std::string const& room, protocol::user_id const& user, std::string const& event_id);

}  // namespace chatrixcd::homeserver
