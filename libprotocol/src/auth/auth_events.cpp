// SPDX-License-Identifier: Apache-2.0
// Which events of the state authorise an event (server-server API, "Auth events selection"), and the rules about its auth_events.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <set>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "auth/rules.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

void add(std::vector<state_slot>& slots, std::string_view type, std::string_view state_key) {
    state_slot slot{std::string(type), std::string(state_key)};
    if (std::ranges::find(slots, slot) == slots.end()) slots.push_back(std::move(slot));
}

void add_for_member(std::vector<state_slot>& slots, std::string_view target, json::object const& content) {
    auto const membership = base::find_string(content, "membership");
    add(slots, event_types::member, target);
    if (membership == "join" || membership == "invite" || membership == "knock") add(slots, event_types::join_rules, "");
    if (membership == "invite") {
        auto const* invite = base::find_object(content, "third_party_invite");
        auto const* proof = invite != nullptr ? base::find_object(*invite, "signed") : nullptr;
        auto const token = proof != nullptr ? base::find_string(*proof, "token") : std::nullopt;
        if (token) add(slots, event_types::third_party_invite, *token);
    }
    if (membership == "join") {
        if (auto const authorising = base::find_string(content, "join_authorised_via_users_server"))
            add(slots, event_types::member, *authorising);
    }
}

}  // namespace

std::vector<state_slot> auth_slots(room_version const& version, std::string_view type, user_id const& sender,
                                   std::optional<std::string_view> state_key, json::object const& content) {
    std::vector<state_slot> slots;
    if (type == event_types::create) return slots;
    if (!version.room_id_is_create_hash) add(slots, event_types::create, "");
    add(slots, event_types::power_levels, "");
    add(slots, event_types::member, sender.str());
    if (type == event_types::member && state_key) add_for_member(slots, *state_key, content);
    return slots;
}

std::vector<state_slot> auth_slots(pdu const& event) {
    return auth_slots(event.version(), event.type(), event.sender(), event.state_key(), event.content());
}

result<void> check_auth_events(pdu const& event, std::span<auth_event const> auth_events) {
    if (event.type() == event_types::create) return {};
    auto const selected = auth_slots(event);
    std::set<state_slot> seen;
    for (auto const& [entry, was_rejected] : auth_events) {
        if (!entry.state_key()) return rejected(event, "an auth event is no state event");
        state_slot slot{entry.type(), *entry.state_key()};
        if (std::ranges::find(selected, slot) == selected.end()) return rejected(event, "an auth event is not needed");
        if (!seen.insert(std::move(slot)).second) return rejected(event, "two auth events are for the same state");
        if (was_rejected) return rejected(event, "an auth event was itself rejected");
        if (entry.room() != event.room()) return rejected(event, "an auth event is of another room");
    }
    state_slot const create{std::string(event_types::create), std::string()};
    if (!event.version().room_id_is_create_hash && !seen.contains(create)) return rejected(event, "no auth event is the create event");
    return {};
}

}  // namespace chatrixcd::protocol
