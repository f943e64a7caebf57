// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <optional>
#include <set>
#include <string>

#include <chatrixcd/protocol/event_types.hpp>

#include "auth/rules.hpp"

namespace chatrixcd::protocol {

namespace {

using level = std::optional<std::int64_t>;
using level_map = power_levels::level_map;

level find(level_map const& levels, std::string const& key) {
    auto const found = levels.find(key);
    return found != levels.end() ? level(found->second) : std::nullopt;
}

std::set<std::string> keys_of(level_map const& a, level_map const& b) {
    std::set<std::string> keys;
    for (auto const& entry : a) keys.insert(entry.first);
    for (auto const& entry : b) keys.insert(entry.first);
    return keys;
}

// Nobody takes away or gives a level above the own one.
result<void> check_change(auth_context const& context, std::string_view what, level before, level after) {
    if (before == after) return {};
    if (before && context.sender_level < *before) return context.reject(std::string(what) + " is above the sender's power level");
    if (after && context.sender_level < *after) return context.reject(std::string(what) + " is raised above the sender's power level");
    return {};
}

result<void> check_levels(auth_context const& context, std::string_view member, level_map const& before, level_map const& after) {
    for (auto const& key : keys_of(before, after)) {
        if (auto checked = check_change(context, "a level in " + std::string(member), find(before, key), find(after, key)); !checked)
            return checked;
    }
    return {};
}

result<void> check_users(auth_context const& context, level_map const& before, level_map const& after) {
    for (auto const& user : keys_of(before, after)) {
        auto const old_level = find(before, user);
        auto const new_level = find(after, user);
        if (old_level == new_level) continue;
        // One may lower oneself, but not one's equals.
        bool const is_sender = user == context.event.sender().str();
        if (!is_sender && old_level && context.sender_level <= *old_level)
            return context.reject("the level of a user who is not below the sender is changed");
        if (new_level && context.sender_level < *new_level)
            return context.reject("the level of a user is raised above the sender's power level");
    }
    return {};
}

}  // namespace

result<void> authorize_power_levels(auth_context const& context) {
    auto const& event = context.event;
    auto const after = power_levels::parse(event.content(), event.version(), context.levels.creators());
    if (!after) return context.reject(after.error().message());
    if (event.version().privileged_creators) {
        for (auto const& creator : context.levels.creators()) {
            if (after->users().contains(creator.str())) return context.reject("a creator of the room is given a power level");
        }
    }
    if (context.state.find(event_types::power_levels, "") == nullptr) return {};
    auto const& before = context.levels;
    for (std::size_t i = 0; i < power_levels::field_count; ++i) {
        auto const which = static_cast<power_levels::field>(i);
        if (auto checked = check_change(context, to_string(which), before.given(which), after->given(which)); !checked) return checked;
    }
    if (auto checked = check_levels(context, "events", before.events(), after->events()); !checked) return checked;
    if (auto checked = check_levels(context, "notifications", before.notifications(), after->notifications()); !checked) return checked;
    return check_users(context, before.users(), after->users());
}

}  // namespace chatrixcd::protocol
