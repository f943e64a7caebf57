// SPDX-License-Identifier: Apache-2.0
// Timeline and state of one room in a /sync answer.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "store/rooms.hpp"
#include "sync/sync.hpp"

namespace chatrixcd::homeserver {

struct room_view {
    boost::json::object section;  // state (or state_after), timeline, and summary where it may have changed
    bool empty = true;            // nothing in it is new
};

// What this user is to see of a room that they joined, or joined once and left.
room_view view_room(step& s, sync_question const& question, membership_row const& member);
// The room of somebody who was not in it meanwhile, of an invite refused, say: nothing but their own latest membership.
boost::json::object view_own_membership(step& s, sync_question const& question, membership_row const& member);
// The room of somebody who is invited, or knocks: its stripped state, under "invite_state" or "knock_state".
boost::json::object view_from_outside(step& s, membership_row const& member, std::string_view key);
// Whether the client knew the room, as a member, at the token.
bool is_known(sync_question const& question, membership_row const& member);

}  // namespace chatrixcd::homeserver
