// SPDX-License-Identifier: Apache-2.0
// Events as clients get them ("Room event format"): without what only servers need, redacted if they were, with `unsigned`.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "events/step.hpp"
#include "store/events.hpp"

namespace chatrixcd::homeserver {

// Who asks: the sending device alone is told its transaction id.
struct viewer {
    std::string user;
    std::string device;
};

enum class event_shape : std::uint8_t {
    alone,    // with room_id
    in_sync,  // without it
};

boost::json::object client_event(step& s, stored_event const& event, viewer const& who, event_shape shape);
// "Stripped state": what somebody who is invited may know.
boost::json::object stripped_event(step& s, std::string const& event_id);

}  // namespace chatrixcd::homeserver
