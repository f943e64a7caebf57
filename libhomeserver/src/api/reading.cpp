// SPDX-License-Identifier: Apache-2.0
// Reading a room's history: pages, single events, what surrounds or relates to them (client-server API, "Syncing", "Event relationships").
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/append.hpp"
#include "events/client_format.hpp"
#include "events/event_filter.hpp"
#include "events/state_groups.hpp"
#include "events/timeline.hpp"
#include "events/visibility.hpp"
#include "store/events.hpp"
#include "streams/tokens.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::int64_t usual_page = 10;
constexpr std::int64_t most_page = 1000;
constexpr position first_place{0, 0};
constexpr position last_place{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};

// A token of /sync means: behind the last event of this room that had arrived by then.
result<position> read_place(step& s, std::string const& room, std::string const& text) {
    if (auto const place = parse_place(text)) return *place;
    auto const stream = sync_token::parse(text, s.server.tag());
    if (!stream) return invalid_param("that is no token of this server");
    auto const event = last_event(s.db, room, stream->events);
    return event ? event->where : first_place;
}

// Where a page begins, which way it goes and where it ends: from, to, dir, limit.
result<span> read_span(step& s, call const& c, bool backwards) {
    span which;
    which.backwards = backwards;
    which.from = backwards ? last_place : first_place;
    which.to = backwards ? first_place : last_place;
    for (auto const& [key, into] : {std::pair("from", &which.from), std::pair("to", &which.to)}) {
        auto const text = c.query(key);
        if (!text || text->empty()) continue;
        auto place = read_place(s, c.parameter("room"), *text);
        if (!place) return place.error();
        *into = place.value();
    }
    auto limit = c.count("limit", usual_page);
    if (!limit) return limit.error();
    which.limit = std::clamp<std::int64_t>(limit.value(), 1, most_page);
    return which;
}

result<event_filter> read_filter(call const& c) {
    auto const text = c.query("filter");
    if (!text) return event_filter();
    auto object = base::parse_json_object(*text);
    if (!object) return bad_json("filter is no JSON object");
    return event_filter::parse(object.value());
}

json::array format(step& s, call const& c, std::vector<stored_event> const& events) {
    json::array chunk;
    for (auto const& event : events) chunk.push_back(client_event(s, event, c.who(), event_shape::alone));
    return chunk;
}

// The membership events of the senders, at the last of these events.
json::array members_of_page(step& s, call const& c, std::vector<stored_event> const& events) {
    json::array members;
    std::set<std::string> senders;
    for (auto const& event : events) {
        if (!senders.insert(event.sender).second) continue;
        auto const id = state_event_at(s.db, event.state_after, protocol::event_types::member, event.sender);
        if (id) members.push_back(client_event(s, find_event(s.db, *id).value(), c.who(), event_shape::alone));
    }
    return members;
}

result<answer> get_messages(step& s, call& c) {
    auto const& room = c.parameter("room");
    auto const direction = c.query("dir");
    if (!direction) return missing_param("dir is missing: b or f");
    if (*direction != "b" && *direction != "f") return invalid_param("dir is b or f");
    visibility may(s, room, c.user.str());
    if (!may.may_enter()) return forbidden("you are not in this room");
    auto filter = read_filter(c);
    if (!filter) return filter.error();
    auto const& wanted = filter.value();
    auto which = read_span(s, c, *direction == "b");
    if (!which) return which.error();
    if (!c.query("limit")) which.value().limit = static_cast<std::int64_t>(wanted.limit(usual_page));

    auto const accepts = [&](stored_event const& event) {
        if (!wanted.matches(event.type, event.sender) || !wanted.matches_room(room)) return false;
        if (wanted.looks_at_content() && !wanted.matches(event.type, event.sender, load(s, event.id).content())) return false;
        return may.may_see(event);
    };
    auto const page = walk_history(s, room, which.value(), accepts);
    json::object body;
    auto const from = c.query("from");
    body["start"] = from && !from->empty() ? *from : format_place(which.value().from);
    if (page.more) body["end"] = format_place(page.end);
    body["chunk"] = format(s, c, page.events);
    if (wanted.lazy_load_members()) body["state"] = members_of_page(s, c, page.events);
    return answer(std::move(body));
}

// An event of the room in the path that the caller may see.
result<stored_event> find_visible(step& s, call const& c) {
    auto event = find_event(s.db, c.parameter("event"));
    if (!event || event->room != c.parameter("room")) return not_found("there is no such event");
    if (!visibility(s, event->room, c.user.str()).may_see(*event)) return not_found("there is no such event");
    return std::move(*event);
}

result<answer> get_event(step& s, call& c) {
    auto event = find_visible(s, c);
    if (!event) return event.error();
    return answer(client_event(s, event.value(), c.who(), event_shape::alone));
}

result<answer> get_context(step& s, call& c) {
    auto event = find_visible(s, c);
    if (!event) return event.error();
    auto limit = c.count("limit", usual_page);
    if (!limit) return limit.error();
    auto filter = read_filter(c);
    if (!filter) return filter.error();
    auto const half = std::clamp<std::int64_t>(limit.value() / 2, 0, most_page);
    visibility may(s, event.value().room, c.user.str());
    auto const accepts = [&](stored_event const& one) { return filter.value().matches(one.type, one.sender) && may.may_see(one); };
    auto const& where = event.value();
    auto const earlier = walk_history(s, where.room, {before(where), first_place, true, half}, accepts);
    auto const later = walk_history(s, where.room, {where.where, last_place, false, half}, accepts);

    auto const end_state = later.events.empty() ? where.state_after : later.events.back().state_after;
    json::array state;
    for (auto const& [slot, id] : state_at(s.db, end_state)) {
        state.push_back(client_event(s, find_event(s.db, id).value(), c.who(), event_shape::alone));
    }
    json::object body;
    body["event"] = client_event(s, where, c.who(), event_shape::alone);
    body["events_before"] = format(s, c, earlier.events);
    body["events_after"] = format(s, c, later.events);
    body["start"] = format_place(earlier.end);
    body["end"] = format_place(later.end);
    body["state"] = std::move(state);
    return answer(std::move(body));
}

result<answer> get_relations(step& s, call& c, std::optional<std::string> const& rel_type, std::optional<std::string> const& type) {
    auto event = find_visible(s, c);
    if (!event) return event.error();
    auto which = read_span(s, c, c.query("dir").value_or("b") != "f");
    if (!which) return which.error();
    visibility may(s, event.value().room, c.user.str());
    auto const accepts = [&](stored_event const& one) {
        if (one.room != event.value().room || (rel_type && one.rel_type != rel_type) || (type && one.type != *type)) return false;
        return may.may_see(one);
    };
    auto const page = walk_relations(s, event.value().id, which.value(), accepts);
    json::object body;
    body["chunk"] = format(s, c, page.events);
    if (page.more) body["next_batch"] = format_place(page.end);
    if (auto const from = c.query("from"); from && !from->empty()) body["prev_batch"] = *from;
    return answer(std::move(body));
}

}  // namespace

void add_reading(service& to) {
    to.add(method::get, "/rooms/{room}/messages", access::user, body_rule::none, get_messages);
    to.add(method::get, "/rooms/{room}/event/{event}", access::user, body_rule::none, get_event);
    to.add(method::get, "/rooms/{room}/context/{event}", access::user, body_rule::none, get_context);
    std::string const relations = "/_matrix/client/v1/rooms/{room}/relations/{event}";
    auto const any = [](step& s, call& c) { return get_relations(s, c, std::nullopt, std::nullopt); };
    auto const of_relation = [](step& s, call& c) { return get_relations(s, c, c.parameter("rel"), std::nullopt); };
    auto const of_type = [](step& s, call& c) { return get_relations(s, c, c.parameter("rel"), c.parameter("type")); };
    to.add(method::get, relations, access::user, body_rule::none, any);
    to.add(method::get, relations + "/{rel}", access::user, body_rule::none, of_relation);
    to.add(method::get, relations + "/{rel}/{type}", access::user, body_rule::none, of_type);
}

}  // namespace chatrixcd::homeserver
