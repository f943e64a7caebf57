// SPDX-License-Identifier: Apache-2.0
#include "rooms/room_summary.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "events/append.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;

namespace {

std::string join_rule_of(step& s, std::string const& room) {
    auto rule = state_string(s, room, types::join_rules, "join_rule");
    return rule.empty() ? "invite" : rule;
}

// Ids of the rooms that the join rule names.
json::array allowed_rooms(step& s, std::string const& room) {
    json::array rooms;
    auto const rules = load_current(s, room, types::join_rules, "");
    auto const* allow = rules ? base::find_array(rules->content(), "allow") : nullptr;
    if (allow == nullptr) return rooms;
    for (auto const& entry : *allow) {
        if (!entry.is_object() || base::find_string(entry.get_object(), "type") != "m.room_membership") continue;
        if (auto id = base::find_string(entry.get_object(), "room_id")) rooms.emplace_back(std::move(*id));
    }
    return rooms;
}

void put_text(json::object& into, std::string_view key, std::string text) {
    if (!text.empty()) into[key] = std::move(text);
}

}  // namespace

std::string state_string(step& s, std::string const& room, std::string_view type, std::string_view key) {
    auto const event = load_current(s, room, type, "");
    return event ? std::string(event->content_string(key)) : std::string();
}

json::object public_summary(step& s, std::string const& room) {
    json::object body;
    body["room_id"] = room;
    put_text(body, "name", state_string(s, room, "m.room.name", "name"));
    put_text(body, "topic", state_string(s, room, "m.room.topic", "topic"));
    put_text(body, "canonical_alias", state_string(s, room, "m.room.canonical_alias", "alias"));
    put_text(body, "avatar_url", state_string(s, room, "m.room.avatar", "url"));
    put_text(body, "room_type", state_string(s, room, types::create, "type"));
    body["join_rule"] = join_rule_of(s, room);
    body["num_joined_members"] = joined_count(s.db, room);
    body["world_readable"] = state_string(s, room, types::history_visibility, "history_visibility") == "world_readable";
    // There are no guests here.
    body["guest_can_join"] = false;
    return body;
}

json::object room_summary(step& s, std::string const& room) {
    auto body = public_summary(s, room);
    if (auto const* version = find_version(s.db, room)) body["room_version"] = version->id;
    put_text(body, "encryption", state_string(s, room, "m.room.encryption", "algorithm"));
    auto const rule = join_rule_of(s, room);
    if (rule == "restricted" || rule == "knock_restricted") body["allowed_room_ids"] = allowed_rooms(s, room);
    return body;
}

bool is_allowed_by_rule(step& s, std::string const& room, std::string const& user) {
    for (auto const& id : allowed_rooms(s, room)) {
        if (is_joined(s.db, std::string(id.get_string()), user)) return true;
    }
    return false;
}

bool may_see_summary(step& s, std::string const& room, std::string const& user) {
    auto const member = find_membership(s.db, room, user);
    if (member && member->membership == "ban") return false;
    if (member && (member->membership == "join" || member->membership == "invite")) return true;
    if (state_string(s, room, types::history_visibility, "history_visibility") == "world_readable") return true;
    auto const rule = join_rule_of(s, room);
    if (rule == "public" || rule == "knock" || rule == "knock_restricted") return true;
    return rule == "restricted" && is_allowed_by_rule(s, room, user);
}

}  // namespace chatrixcd::homeserver
