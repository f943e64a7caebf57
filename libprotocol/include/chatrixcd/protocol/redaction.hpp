// SPDX-License-Identifier: Apache-2.0
// The redaction algorithm (room version specifications, "Redactions" and "Handling redactions").
#pragma once

#include <boost/json/fwd.hpp>

#include <chatrixcd/protocol/event.hpp>
#include <chatrixcd/protocol/power_levels.hpp>
#include <chatrixcd/protocol/room_version.hpp>

namespace chatrixcd::protocol {

// The event without what a redaction takes away. Also works on events in the client format; members such as `unsigned` go as well.
// `redacted_because` and the like are for the caller to add.
boost::json::object redact(boost::json::object const& event, room_version const& version);

// Whether a redaction that passed the auth rules is to be carried out on the event that it names: its sender has the redact level, or
// is of the same server as that event's sender. `levels` are those of the state before the redaction.
bool may_redact(pdu const& redaction, pdu const& target, power_levels const& levels);

}  // namespace chatrixcd::protocol
