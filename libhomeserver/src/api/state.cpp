// SPDX-License-Identifier: Apache-2.0
// The state of a room and its members (client-server API, "Getting events for a room"): the present ones to who is in it, those at their
// leaving to who was.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/append.hpp"
#include "events/client_format.hpp"
#include "events/state_groups.hpp"
#include "events/visibility.hpp"
#include "store/events.hpp"
#include "store/rooms.hpp"
#include "streams/tokens.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;
using base::http::method;

namespace {

// A room that anybody may read shows its state to anybody.
result<std::int64_t> visible_state(step& s, call const& c) {
    auto const& room = c.parameter("room");
    auto group = readable_state(s, room, c.user.str());
    if (group || !visibility(s, room, c.user.str()).may_enter()) return group;
    return extremities(s.db, room).at(0).state_after;
}

json::object state_event(step& s, call const& c, std::string const& event_id) {
    return client_event(s, find_event(s.db, event_id).value(), c.who(), event_shape::alone);
}

// The one answer that is an array.
result<answer> get_all(step& s, call& c) {
    auto group = visible_state(s, c);
    if (!group) return group.error();
    json::array events;
    for (auto const& [slot, id] : state_at(s.db, group.value())) events.push_back(state_event(s, c, id));
    return answer(std::move(events));
}

result<answer> get_one(step& s, call& c, std::string const& state_key) {
    auto group = visible_state(s, c);
    if (!group) return group.error();
    auto const id = state_event_at(s.db, group.value(), c.parameter("type"), state_key);
    if (!id) return not_found("the room has no such state");
    auto event = state_event(s, c, *id);
    if (c.query("format") == "event") return answer(std::move(event));
    return answer(std::move(event["content"].as_object()));
}

// Membership as `at` tells, of which a client has the token.
result<std::int64_t> members_state(step& s, call const& c) {
    auto group = visible_state(s, c);
    auto const at = c.query("at");
    if (!group || !at) return group;
    auto const stream = sync_token::parse(*at, s.server.tag());
    auto const place = parse_place(*at);
    if (!stream && !place) return invalid_param("at is no token of this server");
    auto const event = last_event(s.db, c.parameter("room"), stream ? stream->events : place->stream);
    if (!event) return not_found("the room was not there yet");
    visibility may(s, c.parameter("room"), c.user.str());
    if (!may.may_see(*event)) return group;
    return event->state_after;
}

result<answer> get_members(step& s, call& c) {
    auto group = members_state(s, c);
    if (!group) return group.error();
    auto const wanted = c.query("membership");
    auto const unwanted = c.query("not_membership");
    json::array chunk;
    for (auto const& [slot, id] : state_at(s.db, group.value())) {
        if (slot.type != types::member) continue;
        auto const membership = std::string(load(s, id).content_string("membership"));
        if ((wanted && membership != *wanted) || (unwanted && membership == *unwanted)) continue;
        chunk.push_back(state_event(s, c, id));
    }
    json::object body;
    body["chunk"] = std::move(chunk);
    return answer(std::move(body));
}

result<answer> get_joined_members(step& s, call& c) {
    auto const& room = c.parameter("room");
    if (!is_joined(s.db, room, c.user.str())) return forbidden("you are not in this room");
    json::object joined;
    for (auto const& member : members_of(s.db, room)) {
        if (member.membership != "join") continue;
        auto const event = load(s, member.event_id);
        auto& entry = joined[member.user].emplace_object();
        if (auto const* name = event.content().if_contains("displayname")) entry["display_name"] = *name;
        if (auto const* avatar = event.content().if_contains("avatar_url")) entry["avatar_url"] = *avatar;
    }
    json::object body;
    body["joined"] = std::move(joined);
    return answer(std::move(body));
}

}  // namespace

void add_state(service& to) {
    to.add(method::get, "/rooms/{room}/state", access::user, body_rule::none, get_all);
    auto const without_key = [](step& s, call& c) { return get_one(s, c, ""); };
    auto const with_key = [](step& s, call& c) { return get_one(s, c, c.parameter("key")); };
    to.add(method::get, "/rooms/{room}/state/{type}", access::user, body_rule::none, without_key);
    to.add(method::get, "/rooms/{room}/state/{type}/{key}", access::user, body_rule::none, with_key);
    to.add(method::get, "/rooms/{room}/members", access::user, body_rule::none, get_members);
    to.add(method::get, "/rooms/{room}/joined_members", access::user, body_rule::none, get_joined_members);
}

}  // namespace chatrixcd::homeserver
