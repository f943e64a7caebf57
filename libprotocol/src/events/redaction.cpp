// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/event_types.hpp>
#include <chatrixcd/protocol/redaction.hpp>

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

using rules = redaction_rules;

constexpr std::array<std::string_view, 12> kept_members{"event_id",  "type",        "room_id",     "sender",
                                                        "state_key", "content",     "hashes",      "signatures",
                                                        "depth",     "prev_events", "auth_events", "origin_server_ts"};
constexpr std::array<std::string_view, 3> kept_before_v11{"prev_state", "origin", "membership"};

// In the content of an event of this type, since these rules and before those.
struct kept_content {
    std::string_view type;
    std::string_view key;
    rules since = rules::v1;
    rules before = static_cast<rules>(0xFF);
};

constexpr kept_content kept_contents[] = {
    {event_types::member, "membership"},
    {event_types::member, "join_authorised_via_users_server", rules::v9},
    {event_types::create, "creator"},
    {event_types::join_rules, "join_rule"},
    {event_types::join_rules, "allow", rules::v8},
    {event_types::power_levels, "ban"},
    {event_types::power_levels, "events"},
    {event_types::power_levels, "events_default"},
    {event_types::power_levels, "invite", rules::v11},
    {event_types::power_levels, "kick"},
    {event_types::power_levels, "redact"},
    {event_types::power_levels, "state_default"},
    {event_types::power_levels, "users"},
    {event_types::power_levels, "users_default"},
    {event_types::history_visibility, "history_visibility"},
    {event_types::aliases, "aliases", rules::v1, rules::v6},
    {event_types::redaction, "redacts", rules::v11},
};

void copy_member(json::object const& from, json::object& to, std::string_view key) {
    if (auto const* value = from.if_contains(key)) to.emplace(key, *value);
}

json::object redact_content(json::object const& content, std::string_view type, rules version) {
    if (type == event_types::create && version >= rules::v11) return content;
    json::object out;
    for (auto const& kept : kept_contents) {
        if (kept.type == type && version >= kept.since && version < kept.before) copy_member(content, out, kept.key);
    }
    if (type == event_types::member && version >= rules::v11) {
        auto const* invite = content.if_contains("third_party_invite");
        if (invite != nullptr && invite->is_object() && invite->get_object().contains("signed")) {
            json::object shortened;
            copy_member(invite->get_object(), shortened, "signed");
            out.emplace("third_party_invite", std::move(shortened));
        }
    }
    return out;
}

}  // namespace

json::object redact(json::object const& event, room_version const& version) {
    json::object out;
    for (auto const key : kept_members) copy_member(event, out, key);
    if (version.redaction < rules::v11) {
        for (auto const key : kept_before_v11) copy_member(event, out, key);
    }
    if (auto const* content = event.if_contains("content"); content != nullptr && content->is_object()) {
        auto const* type = event.if_contains("type");
        std::string_view const name = type != nullptr && type->is_string() ? std::string_view(type->get_string()) : std::string_view();
        out["content"] = redact_content(content->get_object(), name, version.redaction);
    }
    return out;
}

bool may_redact(pdu const& redaction, pdu const& target, power_levels const& levels) {
    return levels.level_of(redaction.sender()) >= levels.redact() || redaction.sender().server() == target.sender().server();
}

}  // namespace chatrixcd::protocol
