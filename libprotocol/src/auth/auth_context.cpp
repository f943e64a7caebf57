// SPDX-License-Identifier: Apache-2.0
#include "auth/auth_context.hpp"

#include <utility>

#include <chatrixcd/protocol/event_types.hpp>

namespace chatrixcd::protocol {

base::error rejected(pdu const& event, std::string_view rule) {
    return base::error(base::error_kind::forbidden, event.type() + ": " + std::string(rule));
}

std::string_view auth_context::membership(std::string_view user) const {
    auto const* member = state.find(event_types::member, user);
    return member != nullptr ? member->content_string("membership") : "leave";
}

power_level auth_context::level_of(std::string_view user) const {
    auto const id = user_id::parse(std::string(user));
    return id ? levels.level_of(*id) : power_level(levels.get(power_levels::field::users_default));
}

std::string_view auth_context::join_rule() const {
    auto const* rules = state.find(event_types::join_rules, "");
    return rules != nullptr ? rules->content_string("join_rule") : "invite";
}

result<auth_context> make_auth_context(pdu const& event, auth_state const& state, signature_check const& signed_by) {
    auto const* create = state.find(event_types::create, "");
    if (create == nullptr) return rejected(event, "the room has no create event");
    // In version 12 this is the rule that the room id is the create event's hash.
    if (create->room() != event.room()) return rejected(event, "the create event is that of another room");
    auto creators = room_creators(event.version(), create->sender(), create->content());
    if (!creators) return rejected(event, "the create event is malformed: " + creators.error().message());
    auto const* given = state.find(event_types::power_levels, "");
    auto levels = given != nullptr ? power_levels::parse(given->content(), event.version(), *creators)
                                   : result<power_levels>(power_levels::without_event(event.version(), *creators));
    if (!levels) return rejected(event, "the power levels of the state are malformed: " + levels.error().message());
    auto const sender_level = levels->level_of(event.sender());
    return auth_context{event, state, signed_by, *create, *std::move(levels), sender_level};
}

}  // namespace chatrixcd::protocol
