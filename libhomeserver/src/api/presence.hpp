// SPDX-License-Identifier: Apache-2.0
// What /sync and the presence endpoints have in common.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "events/step.hpp"
#include "store/presence.hpp"

namespace chatrixcd::homeserver {

// Whether the specification knows such a state.
bool is_presence(std::string_view state);
// Keeps it and tells everybody who shares a room with them.
void set_presence(step& s, presence const& now);
// The content of an m.presence event.
boost::json::object describe(step const& s, presence const& one);

}  // namespace chatrixcd::homeserver
