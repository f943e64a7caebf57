// SPDX-License-Identifier: Apache-2.0
// What relates to an event (client-server API, "Forming relationships between events"): which relations may be made, and what an event
// carries with it of those that were.
#pragma once

#include <boost/json/object.hpp>

#include <chatrixcd/base/error.hpp>

#include "events/append.hpp"
#include "events/client_format.hpp"
#include "events/step.hpp"
#include "store/events.hpp"

namespace chatrixcd::homeserver {

// The content of unsigned["m.relations"]; empty if there is nothing to say. Only what the viewer may see.
boost::json::object bundle(step& s, stored_event const& event, viewer const& who, bundling how);
// Errors: M_UNKNOWN (a thread on an event that relates to another), M_DUPLICATE_ANNOTATION (the same reaction by the same user).
base::result<void> check_relation(step& s, draft const& d);

}  // namespace chatrixcd::homeserver
