// SPDX-License-Identifier: Apache-2.0
// Events as clients get them ("Room event format"): without what only servers need, redacted if they were, with `unsigned`.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "events/step.hpp"
#include "events/viewer.hpp"
#include "store/events.hpp"

namespace chatrixcd::homeserver {

enum class event_shape : std::uint8_t {
    alone,    // with room_id
    in_sync,  // without it
};

// What an event carries with it of those that relate to it; see relations.hpp.
enum class bundling : std::uint8_t {
    all,
    edits,  // only its latest edit: an event inside another's
    none,
};

boost::json::object client_event(step& s, stored_event const& event, viewer const& who, event_shape shape, bundling how = bundling::all);
// As servers exchange it, redacted if it was: for filters with the `event_format` "federation".
boost::json::object federation_event(step& s, stored_event const& event);
// "Stripped state": what somebody who is invited may know.
boost::json::object stripped_event(step& s, std::string const& event_id);

}  // namespace chatrixcd::homeserver
