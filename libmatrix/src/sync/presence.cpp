// SPDX-License-Identifier: Apache-2.0
#include "sync/presence.hpp"

#include <algorithm>

namespace chatrixcd::matrix::detail {

namespace {

bool is_about(raw_event const& e, user_id const& user) { return e.is_state("m.room.member", user.str()); }

std::vector<raw_event>::const_iterator first_about(std::vector<raw_event> const& timeline, user_id const& user) {
    return std::find_if(timeline.begin(), timeline.end(), [&](raw_event const& e) { return is_about(e, user); });
}

}  // namespace

bool presence_walk::visit(raw_event const& e) {
    if (is_about(e, me_)) inside_ = e.content_text("membership") == "join";
    return inside_;
}

bool inside_before(std::vector<raw_event> const& timeline, user_id const& me) {
    auto const first = first_about(timeline, me);
    if (first == timeline.end()) return true;
    auto const now = first->content_text("membership");
    auto const previous = first->previous_text("membership");
    // Nobody who is in a room can be invited to it.
    if (now == "invite" || now == "knock") return false;
    // A "join" after "join" is a new name or picture, not a coming in. Whoever goes need not have come: an invitation can be withdrawn, and
    // a stranger banned.
    return previous == "join" || (now != "join" && previous.empty());
}

std::string_view behind_hidden_visit(std::vector<raw_event> const& timeline, user_id const& me, room_row const& known) {
    auto const first = first_about(timeline, me);
    if (first == timeline.end()) return {};
    auto const now = first->content_text("membership");
    bool const comes_in = now == "join" || now == "invite" || now == "knock";
    auto const replaced = first->replaces();
    if (!comes_in || replaced.empty() || replaced == known.last_event) return {};
    if (known.ours == membership::leave) return first->id();
    // From that invitation straight into the room, as far as can be seen. Nor is known what became of us in a room before we saw any of it.
    bool const is_another = known.ours == membership::invite && !known.last_event.empty() && first->previous_text("membership") != "invite";
    return is_another ? first->id() : std::string_view();
}

}  // namespace chatrixcd::matrix::detail
