// SPDX-License-Identifier: Apache-2.0
#include "sync/room_view.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <chatrixcd/protocol/event_types.hpp>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "events/append.hpp"
#include "events/state_groups.hpp"
#include "events/timeline.hpp"
#include "events/visibility.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;

namespace {

constexpr std::size_t usual_timeline = 10;
constexpr std::size_t most_heroes = 5;

// Which part of the room's history is new to the client.
struct gap {
    std::int64_t after = 0;  // stream number of the last event that it knows of; 0: it does not know the room
    std::int64_t up_to = 0;
    std::int64_t known_state = no_state;
};

gap find_gap(step& s, sync_question const& question, membership_row const& member) {
    gap g;
    g.up_to = member.left_at.value_or(std::numeric_limits<std::int64_t>::max());
    if (!is_known(question, member)) return g;
    g.after = question.since->events;
    if (question.full_state) return g;
    if (auto const last = last_event(s.db, member.room, g.after)) g.known_state = last->state_after;
    return g;
}

timeline_page find_timeline(step& s, sync_question const& question, membership_row const& member, gap const& g) {
    auto const& filter = question.filter.timeline;
    visibility may(s, member.room, question.who.user);
    auto const accepts = [&](stored_event const& event) {
        if (!filter.matches(event.type, event.sender)) return false;
        if (filter.looks_at_content() && !filter.matches(event.type, event.sender, load(s, event.id).content())) return false;
        return may.may_see(event);
    };
    if (!filter.matches_room(member.room)) return {};
    auto page = walk_recent(s, member.room, g.after, g.up_to, static_cast<std::int64_t>(filter.limit(usual_timeline)), accepts);
    std::ranges::reverse(page.events);
    return page;
}

// The users whose membership events explain the timeline, for lazy loading.
std::set<std::string> needed_members(sync_question const& question, gap const& g, timeline_page const& page,
                                     std::vector<std::string> const& heroes) {
    std::set<std::string> needed;
    if (g.known_state == no_state) {
        needed.insert(heroes.begin(), heroes.end());
        needed.insert(question.who.user);
    }
    for (auto const& event : page.events) needed.insert(event.sender);
    return needed;
}

// What a client that knew `g.known_state` needs to know of the state in the group `start`.
state_map find_state(step& s, sync_question const& question, std::string const& room, gap const& g, std::int64_t start,
                     timeline_page const& page, std::vector<std::string> const& heroes) {
    auto state = state_changes(s.db, g.known_state, start);
    if (!question.filter.state.lazy_load_members()) return state;
    auto const needed = needed_members(question, g, page, heroes);
    // Of a room that the client knows, the members who changed meanwhile are sent in any case.
    if (g.known_state == no_state) {
        std::erase_if(state,
                      [&](auto const& entry) { return entry.first.type == types::member && !needed.contains(entry.first.state_key); });
    }
    bool const may_skip = g.known_state != no_state && !question.filter.state.include_redundant_members();
    for (auto const& user : needed) {
        auto slot = state_slot{std::string(types::member), user};
        auto id = state_event_at(s.db, start, types::member, user);
        if (!id) continue;
        auto const since = question.since ? question.since->events : 0;
        if (!state.contains(slot) && may_skip && s.server.sent.has(question.who, room, user, *id, since)) continue;
        s.server.sent.put(question.who, room, user, *id, question.next.events);
        state.emplace(std::move(slot), std::move(*id));
    }
    return state;
}

// In the form that the filter asks for.
json::object format_event(step& s, sync_question const& question, stored_event const& event) {
    if (question.filter.as_federation) return question.filter.fields.of(federation_event(s, event));
    return question.filter.fields.of(client_event(s, event, question.who, event_shape::in_sync));
}

json::array format_state(step& s, sync_question const& question, std::string const& room, state_map const& state) {
    json::array events;
    if (!question.filter.state.matches_room(room)) return events;
    for (auto const& [slot, id] : state) {
        auto const row = find_event(s.db, id).value();
        auto const& filter = question.filter.state;
        if (!filter.matches(row.type, row.sender)) continue;
        if (filter.looks_at_content() && !filter.matches(row.type, row.sender, load(s, id).content())) continue;
        events.push_back(format_event(s, question, row));
    }
    return events;
}

std::vector<std::string> find_heroes(std::vector<membership_row> const& members, std::string const& user) {
    std::vector<std::string> heroes;
    for (auto const& member : members) {
        bool const present = member.membership == "join" || member.membership == "invite";
        if (present && member.user != user && heroes.size() < most_heroes) heroes.push_back(member.user);
    }
    return heroes;
}

json::object summarize(std::vector<membership_row> const& members, std::vector<std::string> const& heroes) {
    auto const count = [&](std::string_view membership) {
        return std::ranges::count_if(members, [membership](membership_row const& one) { return one.membership == membership; });
    };
    json::object summary;
    summary["m.heroes"] = json::array(heroes.begin(), heroes.end());
    summary["m.joined_member_count"] = count("join");
    summary["m.invited_member_count"] = count("invite");
    return summary;
}

std::string_view state_key(sync_question const& question) { return question.state_after ? "state_after" : "state"; }

bool changes_members(state_map const& state, timeline_page const& page) {
    return std::ranges::any_of(state, [](auto const& entry) { return entry.first.type == types::member; }) ||
           std::ranges::any_of(page.events, [](stored_event const& event) { return event.type == types::member; });
}

json::object format_timeline(step& s, sync_question const& question, timeline_page const& page, position const& start) {
    json::array events;
    for (auto const& event : page.events) events.push_back(format_event(s, question, event));
    json::object timeline;
    timeline["events"] = std::move(events);
    timeline["limited"] = page.more;
    timeline["prev_batch"] = format_place(start);
    return timeline;
}

}  // namespace

bool is_known(sync_question const& question, membership_row const& member) {
    return question.since && member.joined_at && *member.joined_at <= question.since->events;
}

room_view view_room(step& s, sync_question const& question, membership_row const& member) {
    auto const g = find_gap(s, question, member);
    auto const page = find_timeline(s, question, member, g);
    // A room that was joined has events up to anywhere after that.
    auto const last = last_event(s.db, member.room, g.up_to).value();
    auto const start_state = page.events.empty() || question.state_after ? last.state_after : page.events.front().state_before;
    auto const start = page.events.empty() ? last.where : before(page.events.front());
    std::vector<membership_row> members;
    if (g.known_state == no_state) members = members_of(s.db, member.room);
    auto heroes = find_heroes(members, question.who.user);
    auto const state = find_state(s, question, member.room, g, start_state, page, heroes);

    room_view view;
    auto state_events = format_state(s, question, member.room, state);
    view.empty = page.events.empty() && state_events.empty() && is_known(question, member);
    view.section["timeline"] = format_timeline(s, question, page, start);
    view.section[state_key(question)].emplace_object()["events"] = std::move(state_events);
    if (member.membership == "join" && changes_members(state, page)) {
        if (members.empty()) members = members_of(s.db, member.room);
        heroes = find_heroes(members, question.who.user);
        view.section["summary"] = summarize(members, heroes);
    }
    return view;
}

json::object view_own_membership(step& s, sync_question const& question, membership_row const& member) {
    timeline_page page;
    page.events.push_back(find_event(s.db, member.event_id).value());
    json::object section;
    section["timeline"] = format_timeline(s, question, page, before(page.events.front()));
    section[state_key(question)].emplace_object()["events"].emplace_array();
    section["account_data"].emplace_object()["events"].emplace_array();
    return section;
}

json::object view_from_outside(step& s, membership_row const& member, std::string_view key) {
    auto const invite = find_event(s.db, member.event_id).value();
    json::array events;
    // "Stripped state": the recommended types, and who invites.
    std::pair<std::string_view, std::string_view> const shown[] = {
        {types::create, ""},   {types::join_rules, ""},        {"m.room.name", ""},       {"m.room.topic", ""},
        {"m.room.avatar", ""}, {"m.room.canonical_alias", ""}, {"m.room.encryption", ""}, {types::member, invite.sender},
    };
    for (auto const& [type, state_key] : shown) {
        if (auto const id = state_event_at(s.db, invite.state_before, type, state_key)) events.push_back(stripped_event(s, *id));
    }
    events.push_back(stripped_event(s, invite.id));
    json::object section;
    section[key].emplace_object()["events"] = std::move(events);
    return section;
}

}  // namespace chatrixcd::homeserver
