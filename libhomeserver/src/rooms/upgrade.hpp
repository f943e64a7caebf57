// SPDX-License-Identifier: Apache-2.0
// A room that takes the place of an older one (client-server API, "Room Upgrades").
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/protocol/ids.hpp>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

// Makes the new room, copies what the specification recommends (and the children of a space), moves the aliases and the place in the
// directory, and closes the old room. `asked`: new_version, additional_creators. `opaque` as in make_room().
// Errors: M_MISSING_PARAM, M_BAD_JSON, M_UNSUPPORTED_ROOM_VERSION, forbidden. What was written must then be undone.
base::result<std::string> upgrade_room(step& s, std::string const& old_room, protocol::user_id const& user,
                                       boost::json::object const& asked, std::string const& opaque);

}  // namespace chatrixcd::homeserver
