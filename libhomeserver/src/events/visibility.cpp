// SPDX-License-Identifier: Apache-2.0
#include "events/visibility.hpp"

#include <chatrixcd/protocol/event_types.hpp>
#include <utility>

#include "api/refusal.hpp"
#include "events/append.hpp"

namespace chatrixcd::homeserver {

namespace types = protocol::event_types;

visibility::visibility(step& s, std::string room, std::string user)
    : step_(s), room_(std::move(room)), user_(std::move(user)), member_(find_membership(s.db, room_, user_)) {}

bool visibility::may_enter() {
    if (member_ && member_->forgotten) return false;
    if (member_ && (member_->membership == "join" || member_->joined_at)) return true;
    auto const newest = extremities(step_.db, room_);
    return !newest.empty() && at(newest.front().state_after).history == "world_readable";
}

bool visibility::may_see(stored_event const& event) {
    // By value: the second look may move the first.
    auto const after = at(event.state_after);
    if (allows(after, event)) return true;
    bool const own_membership = event.type == types::member && event.state_key == user_;
    bool const changes_visibility = event.type == types::history_visibility && event.state_key == "";
    return (own_membership || changes_visibility) && allows(at(event.state_before), event);
}

visibility::situation const& visibility::at(std::int64_t group) {
    auto const known = situations_.find(group);
    if (known != situations_.end()) return known->second;
    situation here{"shared", "leave"};
    if (auto const id = state_event_at(step_.db, group, types::history_visibility, "")) {
        auto const text = std::string(load(step_, *id).content_string("history_visibility"));
        if (text == "world_readable" || text == "invited" || text == "joined") here.history = text;
    }
    if (auto const id = state_event_at(step_.db, group, types::member, user_)) {
        here.membership = load(step_, *id).content_string("membership");
    }
    return situations_.emplace(group, std::move(here)).first->second;
}

bool visibility::allows(situation const& in, stored_event const& event) const {
    if (in.history == "world_readable" || in.membership == "join") return true;
    if (in.history == "invited" && in.membership == "invite") return true;
    // Joined at any time after it: the last stay began later.
    return in.history == "shared" && member_ && member_->joined_at && *member_->joined_at > event.where.stream;
}

result<std::int64_t> readable_state(step& s, std::string const& room, std::string const& user) {
    auto const member = find_membership(s.db, room, user);
    if (member && member->membership == "join") return extremities(s.db, room).at(0).state_after;
    if (member && member->left_at && !member->forgotten) return last_event(s.db, room, *member->left_at).value().state_after;
    return forbidden("you are not in this room");
}

}  // namespace chatrixcd::homeserver
