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

// Whether we may have come and gone in the gap before such a timeline, which shows us coming in: `before` is what we were when the gap
// began. A room that we were never in is joined without looking for it.
bool may_have_visited(std::vector<raw_event> const& timeline, user_id const& me, membership before);

}  // namespace chatrixcd::matrix::detail
