// SPDX-License-Identifier: Apache-2.0
#include "events/power.hpp"

#include <chatrixcd/protocol/event_types.hpp>
#include <utility>

#include "api/refusal.hpp"
#include "events/append.hpp"
#include "store/events.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace types = protocol::event_types;

std::optional<protocol::power_levels> levels_of(step& s, std::string const& room) {
    auto const create = load_current(s, room, types::create, "");
    if (!create) return std::nullopt;
    auto creators = protocol::room_creators(create->version(), create->sender(), create->content());
    if (!creators) return std::nullopt;
    auto const event = load_current(s, room, types::power_levels, "");
    if (!event) return protocol::power_levels::without_event(create->version(), std::move(creators.value()));
    auto levels = protocol::power_levels::parse(event->content(), create->version(), std::move(creators.value()));
    if (!levels) return std::nullopt;
    return std::move(levels.value());
}

bool may_send_state(step& s, std::string const& room, protocol::user_id const& user, std::string_view type) {
    if (!is_joined(s.db, room, user.str())) return false;
    auto const levels = levels_of(s, room);
    return levels && levels->level_of(user) >= protocol::power_level(levels->required_for(type, /*is_state=*/true));
}

result<void> check_redaction(step& s, std::string const& room, protocol::user_id const& user, std::string const& event_id) {
    auto const target = find_event(s.db, event_id);
    if (!target || target->room != room) return not_found("there is no such event in this room");
    if (target->sender == user.str()) return {};
    auto const levels = levels_of(s, room);
    if (levels && levels->level_of(user) >= protocol::power_level(levels->redact())) return {};
    return forbidden("you may not redact the events of others");
}

}  // namespace chatrixcd::homeserver
