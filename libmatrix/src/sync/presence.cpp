// SPDX-License-Identifier: Apache-2.0
#include "sync/presence.hpp"

#include <algorithm>

namespace chatrixcd::matrix::detail {

namespace {

bool is_about(raw_event const& e, user_id const& user) { return e.is_state("m.room.member", user.str()); }

// A membership of "join" after "join" is a new name or picture, not a coming in.
bool was_joined_before(raw_event const& join) { return join.previous_text("membership") == "join"; }

}  // namespace

bool presence_walk::visit(raw_event const& e) {
    if (is_about(e, me_)) inside_ = e.content_text("membership") == "join";
    return inside_;
}

bool inside_before(std::vector<raw_event> const& timeline, user_id const& me) {
    for (auto const& e : timeline) {
        if (!is_about(e, me)) continue;
        auto const now = e.content_text("membership");
        // Nobody who is in a room can be invited to it.
        if (now == "invite" || now == "knock") return false;
        return now != "join" || was_joined_before(e);
    }
    return true;
}

bool may_have_visited(std::vector<raw_event> const& timeline, user_id const& me, membership before) {
    auto const first = std::find_if(timeline.begin(), timeline.end(), [&](raw_event const& e) { return is_about(e, me); });
    if (first == timeline.end()) return false;
    auto const previous = first->previous_text("membership");
    switch (before) {
        case membership::none:
            return !previous.empty();
        // From an invitation straight into the room, or not.
        case membership::invite:
            return previous == "leave" || previous == "ban";
        case membership::join:
        case membership::leave:
            return true;
    }
    return true;
}

}  // namespace chatrixcd::matrix::detail
