// SPDX-License-Identifier: Apache-2.0
#include "events/client_format.hpp"

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/event_types.hpp>
#include <chatrixcd/protocol/redaction.hpp>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "events/append.hpp"
#include "events/relations.hpp"
#include "events/state_groups.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

json::object parse(stored_event const& event) { return base::parse_json_object(event.bytes, protocol::max_json_depth + 2).value(); }

// The event's own members, redacted if it was.
json::object body_of(step& s, stored_event const& event) {
    auto body = parse(event);
    if (!event.redacted_by) return body;
    return protocol::redact(body, *find_version(s.db, event.room));
}

json::object content_of(step& s, stored_event const& event) {
    auto body = body_of(s, event);
    return std::move(body["content"].as_object());
}

// The reader's own membership at the event, with what the event itself made of it (MSC4115).
std::string const& membership_at(step& s, stored_event const& event, std::string const& user) {
    auto [place, is_new] = s.memberships.try_emplace(std::pair(event.state_after, user), "leave");
    if (!is_new) return place->second;
    auto const id = state_event_at(s.db, event.state_after, protocol::event_types::member, user);
    if (id) place->second = load(s, *id).content_string("membership");
    return place->second;
}

json::object unsigned_of(step& s, stored_event const& event, viewer const& who, bundling how) {
    json::object data;
    data["age"] = s.now - event.origin_server_ts;
    data["membership"] = membership_at(s, event, who.user);
    if (event.transaction_id && event.sender == who.user && event.device == who.device) data["transaction_id"] = *event.transaction_id;
    if (event.replaces) {
        if (auto const old = find_event(s.db, *event.replaces)) {
            data["replaces_state"] = old->id;
            data["prev_content"] = content_of(s, *old);
            data["prev_sender"] = old->sender;
        }
    }
    if (event.redacted_by) {
        if (auto const redaction = find_event(s.db, *event.redacted_by)) {
            data["redacted_because"] = client_event(s, *redaction, who, event_shape::alone, bundling::none);
        }
        return data;
    }
    if (auto relations = bundle(s, event, who, how); !relations.empty()) data["m.relations"] = std::move(relations);
    return data;
}

// Room version 11 moved it into the content; clients may look for it in either place ("m.room.redaction").
void copy_redacts(json::object& content, json::object& event) {
    if (auto const* inner = content.if_contains("redacts")) {
        event["redacts"] = *inner;
    } else if (auto const* outer = event.if_contains("redacts")) {
        content["redacts"] = *outer;
    }
}

}  // namespace

json::object client_event(step& s, stored_event const& event, viewer const& who, event_shape shape, bundling how) {
    auto body = body_of(s, event);
    json::object out;
    out["event_id"] = event.id;
    if (shape == event_shape::alone) out["room_id"] = event.room;
    for (std::string_view const key : {"type", "sender", "state_key", "origin_server_ts", "redacts"}) {
        if (auto* value = body.if_contains(key)) out[key] = std::move(*value);
    }
    auto& content = body["content"].as_object();
    if (event.type == protocol::event_types::redaction) copy_redacts(content, out);
    out["content"] = std::move(content);
    out["unsigned"] = unsigned_of(s, event, who, how);
    return out;
}

json::object federation_event(step& s, stored_event const& event) { return body_of(s, event); }

json::object stripped_event(step& s, std::string const& event_id) {
    auto const row = find_event(s.db, event_id).value();
    json::object out;
    out["type"] = row.type;
    out["state_key"] = row.state_key.value_or("");
    out["sender"] = row.sender;
    out["content"] = content_of(s, row);
    return out;
}

}  // namespace chatrixcd::homeserver
