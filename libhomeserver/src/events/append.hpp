// SPDX-License-Identifier: Apache-2.0
// The one way by which an event gets into a room: made a complete PDU on top of the room's newest events, allowed by the auth rules,
// stored with its state, and everything that derives from it (current state, memberships, redactions) brought up to date.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/protocol/event.hpp>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

using base::result;

// What a client asks for. The rest of the event is the server's business.
struct draft {
    std::string room;
    protocol::user_id sender;
    std::string type;
    std::optional<std::string> state_key;
    boost::json::object content;
    // What an m.room.redaction redacts; written where the room's version keeps it.
    std::optional<std::string> redacts;
    // For unsigned.transaction_id.
    std::optional<std::string> device;
    std::optional<std::string> transaction_id;
};

// Errors: forbidden (the auth rules), too_large, invalid (a content that is no canonical JSON, a malformed type), not_found (no such room).
result<protocol::pdu> append(step& s, draft d);
// The first event of a new room. `room` of the draft is the id to use, or empty where the event makes it.
result<protocol::pdu> append_create(step& s, draft d, protocol::room_version const& version);

// An event of the store, parsed. It must be there.
protocol::pdu load(step& s, std::string const& event_id);
// The room's current state event; none if the slot is empty.
std::optional<protocol::pdu> load_current(step& s, std::string const& room, std::string_view type, std::string_view state_key);

}  // namespace chatrixcd::homeserver
