// SPDX-License-Identifier: Apache-2.0
// Whether we were in the room when an event was sent. Events from before our join are history, which a server may show us late or again:
// they are never delivered.
#pragma once

#include <vector>

#include "state/room_table.hpp"
#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

// Follows our membership through a timeline, oldest event first.
class presence_walk {
public:
    presence_walk(user_id me, bool inside) : me_(std::move(me)), inside_(inside) {}
    // Whether we are in the room with this event.
    bool visit(raw_event const& e);
    bool inside() const noexcept { return inside_; }

private:
    user_id me_;
    bool inside_;
};

// Whether we were in the room right before the first event of a timeline that begins after a gap: not if it shows us coming in
// or being invited.
bool inside_before(std::vector<raw_event> const& timeline, user_id const& me);

// What such a timeline of a room that we were out of can hide: that we came, heard something and went. It does if the event that shows us
// coming in does not replace the one by which we were out, as far as is known. Returns that event's id: before it nothing is for us but
// what is hidden. Empty: nothing is. `known`: the room as it was when the gap began.
std::string_view behind_hidden_visit(std::vector<raw_event> const& timeline, user_id const& me, room_row const& known);

}  // namespace chatrixcd::matrix::detail
