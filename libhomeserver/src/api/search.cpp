// SPDX-License-Identifier: Apache-2.0
// POST /search (client-server API, "Server Side Search").
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/append.hpp"
#include "events/state_groups.hpp"
#include "events/timeline.hpp"
#include "events/visibility.hpp"
#include "search/search.hpp"
#include "streams/tokens.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::int64_t usual_context = 5;
constexpr std::int64_t most_context = 50;
constexpr position first_place{0, 0};
constexpr position last_place{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()};

json::object context_of(step& s, call const& c, stored_event const& hit, json::object const& wanted) {
    auto const count = [&](std::string_view key) {
        return std::clamp<std::int64_t>(base::find_integer(wanted, key).value_or(usual_context), 0, most_context);
    };
    visibility may(s, hit.room, c.user.str());
    auto const visible = [&may](stored_event const& one) { return may.may_see(one); };
    auto const earlier = walk_history(s, hit.room, {before(hit), first_place, true, count("before_limit")}, visible);
    auto const later = walk_history(s, hit.room, {hit.where, last_place, false, count("after_limit")}, visible);
    json::object context;
    context["start"] = format_place(earlier.end);
    context["end"] = format_place(later.end);
    std::set<std::string> senders{hit.sender};
    auto const put = [&](std::string_view key, std::vector<stored_event> const& events) {
        auto& list = context[key].emplace_array();
        for (auto const& one : events) {
            list.push_back(client_event(s, one, c.who(), event_shape::alone));
            senders.insert(one.sender);
        }
    };
    put("events_before", earlier.events);
    put("events_after", later.events);
    auto const* with_profiles = wanted.if_contains("include_profile");
    if (with_profiles == nullptr || *with_profiles != true) return context;
    auto& profiles = context["profile_info"].emplace_object();
    for (auto const& user : senders) {
        auto const id = state_event_at(s.db, hit.state_after, protocol::event_types::member, user);
        auto& profile = profiles[user].emplace_object();
        if (!id) continue;
        auto const member = load(s, *id);
        for (std::string_view const key : {"displayname", "avatar_url"}) {
            if (auto const* value = member.content().if_contains(key)) profile[key] = *value;
        }
    }
    return context;
}

// Which of the hits belong together.
json::object group(std::vector<search_hit> const& hits, std::string_view key) {
    json::object groups;
    for (auto const& hit : hits) {
        auto const& name = key == "room_id" ? hit.event.room : hit.event.sender;
        auto& entry = groups[name];
        if (!entry.is_object()) {
            entry.emplace_object()["order"] = groups.size();
            entry.as_object()["results"].emplace_array();
        }
        entry.as_object()["results"].as_array().emplace_back(hit.event.id);
    }
    return groups;
}

result<json::object> groups_of(std::vector<search_hit> const& hits, json::object const& criteria) {
    json::object groups;
    auto const* wanted = base::find_object(criteria, "groupings");
    auto const* keys = wanted == nullptr ? nullptr : base::find_array(*wanted, "group_by");
    if (keys == nullptr) return groups;
    for (auto const& entry : *keys) {
        auto const key = entry.is_object() ? base::find_string(entry.get_object(), "key") : std::nullopt;
        if (key != "room_id" && key != "sender") return invalid_param("results are grouped by room_id or sender");
        groups[*key] = group(hits, *key);
    }
    return groups;
}

json::object state_of_rooms(step& s, call const& c, std::vector<search_hit> const& hits) {
    json::object rooms;
    for (auto const& hit : hits) {
        auto const shown = readable_state(s, hit.event.room, c.user.str());
        if (rooms.contains(hit.event.room) || !shown) continue;
        auto& list = rooms[hit.event.room].emplace_array();
        for (auto const& [slot, id] : state_at(s.db, shown.value())) {
            list.push_back(client_event(s, find_event(s.db, id).value(), c.who(), event_shape::alone));
        }
    }
    return rooms;
}

// "r12", of a search by recency.
result<void> read_place(call const& c, search_wish& into) {
    auto const from = c.query("next_batch");
    if (!from || from->empty()) return {};
    auto const [end, problem] = std::from_chars(from->data() + 1, from->data() + from->size(), into.before);
    bool const whole = from->front() == 'r' && problem == std::errc() && end == from->data() + from->size();
    if (!whole || into.by_rank) return invalid_param("next_batch is no token of this search");
    return {};
}

result<answer> search(step& s, call& c) {
    auto const* categories = base::find_object(c.body, "search_categories");
    if (categories == nullptr) return missing_param("search_categories is missing");
    json::object body;
    auto& said = body["search_categories"].emplace_object();
    auto const* criteria = base::find_object(*categories, "room_events");
    if (criteria == nullptr) return answer(std::move(body));
    auto wish = search_wish::read(*criteria);
    if (!wish) return wish.error();
    if (auto read = read_place(c, wish.value()); !read) return read.error();
    auto const found = search_events(s, c.who(), wish.value());
    auto groups = groups_of(found.hits, *criteria);
    if (!groups) return groups.error();

    json::array results;
    auto const* context = base::find_object(*criteria, "event_context");
    for (auto const& hit : found.hits) {
        json::object one;
        one["rank"] = hit.rank;
        one["result"] = client_event(s, hit.event, c.who(), event_shape::alone);
        if (context != nullptr) one["context"] = context_of(s, c, hit.event, *context);
        results.push_back(std::move(one));
    }
    auto& events = said["room_events"].emplace_object();
    events["count"] = found.count;
    events["highlights"] = json::array(wish.value().words.begin(), wish.value().words.end());
    events["results"] = std::move(results);
    if (!groups.value().empty()) events["groups"] = std::move(groups.value());
    auto const* with_state = criteria->if_contains("include_state");
    if (with_state != nullptr && *with_state == true) events["state"] = state_of_rooms(s, c, found.hits);
    if (found.rest > 0) events["next_batch"] = "r" + std::to_string(found.rest);
    return answer(std::move(body));
}

}  // namespace

void add_search(service& to) { to.add(method::post, "/search", access::user, body_rule::required, search); }

}  // namespace chatrixcd::homeserver
