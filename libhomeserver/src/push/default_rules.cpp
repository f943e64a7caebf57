// SPDX-License-Identifier: Apache-2.0
// The predefined rules (client-server API v1.19, "Predefined Rules"), most important first.
#include <boost/json/array.hpp>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "push/push_rules.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// Left out of each: "default": true, and "enabled": true where it is.
constexpr std::string_view override_rules = R"json([
{"rule_id": ".m.rule.master", "enabled": false, "conditions": [], "actions": []},
{"rule_id": ".m.rule.suppress_notices", "conditions": [{"kind": "event_match", "key": "content.msgtype", "pattern": "m.notice"}], "actions": []},
{"rule_id": ".m.rule.invite_for_me", "conditions": [
    {"kind": "event_match", "key": "type", "pattern": "m.room.member"},
    {"kind": "event_match", "key": "content.membership", "pattern": "invite"},
    {"kind": "event_match", "key": "state_key", "pattern": "USER"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "default"}]},
{"rule_id": ".m.rule.member_event", "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.member"}], "actions": []},
{"rule_id": ".m.rule.is_user_mention", "conditions": [
    {"kind": "event_property_contains", "key": "content.m\\.mentions.user_ids", "value": "USER"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "default"}, {"set_tweak": "highlight"}]},
{"rule_id": ".m.rule.is_room_mention", "conditions": [
    {"kind": "event_property_is", "key": "content.m\\.mentions.room", "value": true},
    {"kind": "sender_notification_permission", "key": "room"}],
 "actions": ["notify", {"set_tweak": "highlight"}]},
{"rule_id": ".m.rule.tombstone", "conditions": [
    {"kind": "event_match", "key": "type", "pattern": "m.room.tombstone"},
    {"kind": "event_match", "key": "state_key", "pattern": ""}],
 "actions": ["notify", {"set_tweak": "highlight"}]},
{"rule_id": ".m.rule.reaction", "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.reaction"}], "actions": []},
{"rule_id": ".m.rule.room.server_acl", "conditions": [
    {"kind": "event_match", "key": "type", "pattern": "m.room.server_acl"},
    {"kind": "event_match", "key": "state_key", "pattern": ""}], "actions": []},
{"rule_id": ".m.rule.suppress_edits", "conditions": [
    {"kind": "event_property_is", "key": "content.m\\.relates_to.rel_type", "value": "m.replace"}], "actions": []}
])json";

constexpr std::string_view underride_rules = R"json([
{"rule_id": ".m.rule.call", "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.call.invite"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "ring"}]},
{"rule_id": ".m.rule.encrypted_room_one_to_one", "conditions": [
    {"kind": "room_member_count", "is": "2"}, {"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "default"}]},
{"rule_id": ".m.rule.room_one_to_one", "conditions": [
    {"kind": "room_member_count", "is": "2"}, {"kind": "event_match", "key": "type", "pattern": "m.room.message"}],
 "actions": ["notify", {"set_tweak": "sound", "value": "default"}]},
{"rule_id": ".m.rule.message", "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.message"}], "actions": ["notify"]},
{"rule_id": ".m.rule.encrypted", "conditions": [{"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"}], "actions": ["notify"]}
])json";

// Puts the user's id where it belongs.
void name_user(json::array& conditions, std::string const& user) {
    for (auto& entry : conditions) {
        for (std::string_view const key : {"pattern", "value"}) {
            auto* value = entry.get_object().if_contains(key);
            if (value != nullptr && *value == "USER") *value = user;
        }
    }
}

json::array read(std::string_view text, std::string const& user) {
    auto rules = base::parse_json(text).value();
    for (auto& entry : rules.as_array()) {
        auto& rule = entry.as_object();
        rule["default"] = true;
        if (!rule.contains("enabled")) rule["enabled"] = true;
        name_user(rule["conditions"].as_array(), user);
    }
    return std::move(rules.as_array());
}

}  // namespace

json::object default_push_rules(std::string const& user) {
    json::object content;
    auto& global = content["global"].emplace_object();
    global["override"] = read(override_rules, user);
    for (std::string_view const kind : {"content", "room", "sender"}) global[kind].emplace_array();
    global["underride"] = read(underride_rules, user);
    return content;
}

}  // namespace chatrixcd::homeserver
