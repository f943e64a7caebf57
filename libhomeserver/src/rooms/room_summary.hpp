// SPDX-License-Identifier: Apache-2.0
// What somebody may know of a room before they are in it: directory, hierarchy, summary, knocking.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

// A string in the content of a current state event; empty if there is none.
std::string state_string(step& s, std::string const& room, std::string_view type, std::string_view key);
// "PublishedRoomsChunk".
boost::json::object public_summary(step& s, std::string const& room);
// "RoomSummary": as above, with version, encryption and the rooms whose members may join.
boost::json::object room_summary(step& s, std::string const& room);
// Whether the user (empty: nobody) may see that: in it, invited, or free to join, knock or look.
bool may_see_summary(step& s, std::string const& room, std::string const& user);
// Whether the user is in one of the rooms that the join rule allows ("Restricted rooms").
bool is_allowed_by_rule(step& s, std::string const& room, std::string const& user);

}  // namespace chatrixcd::homeserver
