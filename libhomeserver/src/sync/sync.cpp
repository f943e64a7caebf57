// SPDX-License-Identifier: Apache-2.0
#include "sync/sync.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <set>
#include <utility>

#include "push/push_rules.hpp"
#include "store/rooms.hpp"
#include "store/sequences.hpp"
#include "store/small_streams.hpp"
#include "sync/device_view.hpp"
#include "sync/room_view.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// The rooms that something may have happened in since the token: what one look costs grows with them.
struct news {
    std::set<std::string> events;
    std::set<std::string> receipts;
    std::map<std::string, std::vector<account_datum>> account_data;
};

std::int64_t events_seen(sync_question const& question) { return question.since ? question.since->events : 0; }

news find_news(step& s, sync_question const& question) {
    news found;
    auto const& user = question.who.user;
    auto const since = question.since.value_or(sync_token());
    auto const rows = s.db.query(
        "SELECT m.room_id FROM memberships m WHERE m.user_id = ?1 AND m.membership = 'join'"
        " AND EXISTS (SELECT 1 FROM events e WHERE e.room_id = m.room_id AND e.stream_ordering > ?2)",
        {user, since.events});
    for (auto const& row : rows) found.events.insert(row.text(0));
    for (auto& room : rooms_with_receipts(s.db, user, since.receipts)) found.receipts.insert(std::move(room));
    for (auto& datum : account_data_since(s.db, user, since.account_data)) found.account_data[datum.room].push_back(std::move(datum));
    return found;
}

json::array format_account_data(std::vector<account_datum> const& data, event_filter const& filter) {
    json::array events;
    for (auto const& datum : data) {
        if (!filter.matches(datum.type, "", datum.content)) continue;
        json::object event;
        event["type"] = datum.type;
        event["content"] = datum.content;
        events.push_back(std::move(event));
    }
    return events;
}

json::object format_receipts(std::vector<receipt> const& receipts) {
    json::object content;
    for (auto const& one : receipts) {
        auto& of_event = content.emplace(one.event_id, json::object()).first->value().as_object();
        auto& of_type = of_event.emplace(one.type, json::object()).first->value().as_object();
        json::object data;
        data["ts"] = one.received_at;
        if (!one.thread.empty()) data["thread_id"] = one.thread;
        of_type[one.user] = std::move(data);
    }
    json::object event;
    event["type"] = "m.receipt";
    event["content"] = std::move(content);
    return event;
}

json::array view_ephemeral(step& s, sync_question const& question, std::string const& room, bool known) {
    json::array events;
    auto const& filter = question.filter.ephemeral;
    if (!filter.matches_room(room)) return events;
    auto const list = question.typing.find(room);
    // To somebody who does not know the room, nobody typing is no news.
    if (list != question.typing.end() && (known || !list->second.empty()) && filter.matches("m.typing", "")) {
        json::object event;
        event["type"] = "m.typing";
        event["content"].emplace_object()["user_ids"] = json::array(list->second.begin(), list->second.end());
        events.push_back(std::move(event));
    }
    auto const after = known ? question.since->receipts : 0;
    auto const receipts = receipts_since(s.db, room, after, question.who.user);
    if (!receipts.empty() && filter.matches("m.receipt", "")) events.push_back(format_receipts(receipts));
    return events;
}

// Account data is told anew with a room that the client does not know.
json::array view_account_data(step& s, sync_question const& question, news const& fresh, std::string const& room, bool known) {
    auto const& filter = question.filter.room_account_data;
    if (!filter.matches_room(room)) return {};
    if (!known) return format_account_data(room_account_data(s.db, question.who.user, room), filter);
    auto const place = fresh.account_data.find(room);
    return place == fresh.account_data.end() ? json::array() : format_account_data(place->second, filter);
}

void add_joined(step& s, sync_question const& question, news const& fresh, membership_row const& member, json::object& rooms) {
    auto const known = is_known(question, member);
    auto const& room = member.room;
    bool const may_be_new = !known || question.full_state || fresh.events.contains(room) || fresh.receipts.contains(room) ||
                            fresh.account_data.contains(room) || question.typing.contains(room);
    if (!may_be_new) return;
    auto view = view_room(s, question, member);
    auto ephemeral = view_ephemeral(s, question, room, known);
    auto data = view_account_data(s, question, fresh, room, known);
    if (view.empty && ephemeral.empty() && data.empty() && !question.full_state) return;
    view.section["ephemeral"].emplace_object()["events"] = std::move(ephemeral);
    view.section["account_data"].emplace_object()["events"] = std::move(data);
    // Not counted: this server pushes nothing. Clients want the member all the same.
    auto& unread = view.section["unread_notifications"].emplace_object();
    unread["highlight_count"] = 0;
    unread["notification_count"] = 0;
    rooms[room] = std::move(view.section);
}

void add_left(step& s, sync_question const& question, news const& fresh, membership_row const& member, json::object& rooms) {
    bool const is_new = question.since && member.stream > question.since->events;
    bool const asked_for = question.filter.include_leave && (!question.since || question.full_state);
    if (!is_new && !asked_for) return;
    bool const was_in = member.left_at && (!question.since || *member.left_at > question.since->events || asked_for);
    if (!was_in) {
        rooms[member.room] = view_own_membership(s, question, member);
        return;
    }
    auto view = view_room(s, question, member);
    auto data = view_account_data(s, question, fresh, member.room, is_known(question, member));
    view.section["account_data"].emplace_object()["events"] = std::move(data);
    rooms[member.room] = std::move(view.section);
}

json::object list_of_events(json::array events) {
    json::object list;
    list["events"] = std::move(events);
    return list;
}

// With the push rules that a user who never changed them has all the same.
json::array view_global_data(sync_question const& question, news& fresh) {
    auto& data = fresh.account_data[""];
    auto const is_rules = [](account_datum const& datum) { return datum.type == push_rules_type; };
    if (!question.since && std::ranges::none_of(data, is_rules)) {
        data.push_back({"", std::string(push_rules_type), default_push_rules(question.who.user)});
    }
    return format_account_data(data, question.filter.account_data);
}

}  // namespace

sync_token newest(step& s) {
    sync_token end;
    std::pair<std::string_view, std::int64_t*> const streams[] = {
        {sequences::events, &end.events},       {sequences::receipts, &end.receipts}, {sequences::account_data, &end.account_data},
        {sequences::to_device, &end.to_device}, {sequences::presence, &end.presence}, {sequences::keys, &end.keys},
    };
    for (auto const& row : s.db.query("SELECT name, value FROM sequences")) {
        auto const name = row.text(0);
        for (auto const& [stream, into] : streams) {
            if (stream == name) *into = row.integer(1);
        }
    }
    return end;
}

bool is_past(sync_token const& token, sync_token const& end) {
    return token.events <= end.events && token.receipts <= end.receipts && token.account_data <= end.account_data &&
           token.to_device <= end.to_device && token.presence <= end.presence && token.keys <= end.keys;
}

sync_answer look(step& s, sync_question question) {
    auto fresh = find_news(s, question);
    if (!question.since) s.server.sent.forget(question.who);
    sync_answer answer;
    answer.keys.push_back(question.who.user);
    json::object joined;
    json::object invited;
    json::object knocked;
    json::object left;
    for (auto const& member : memberships_of(s.db, question.who.user)) {
        if (member.membership == "join") answer.keys.push_back(member.room);
        if (!question.filter.rooms.matches_room(member.room)) continue;
        bool const is_news = member.stream > events_seen(question) || question.full_state;
        if (member.membership == "join") {
            add_joined(s, question, fresh, member, joined);
        } else if (member.membership == "invite") {
            if (is_news) invited[member.room] = view_from_outside(s, member, "invite_state");
        } else if (member.membership == "knock") {
            if (is_news) knocked[member.room] = view_from_outside(s, member, "knock_state");
        } else {
            add_left(s, question, fresh, member, left);
        }
    }
    auto data = view_global_data(question, fresh);
    auto messages = take_device_messages(s, question);
    auto presences = view_presence(s, question);

    bool const has_keys = add_key_streams(s, question, answer.body);
    answer.empty = joined.empty() && invited.empty() && knocked.empty() && left.empty() && data.empty() && messages.empty() &&
                   presences.empty() && !has_keys;
    question.next.typing = question.typing_number;
    answer.body["next_batch"] = question.next.str(s.server.tag());
    answer.body["account_data"] = list_of_events(std::move(data));
    answer.body["to_device"] = list_of_events(std::move(messages));
    answer.body["presence"] = list_of_events(std::move(presences));
    auto& rooms = answer.body["rooms"].emplace_object();
    rooms["join"] = std::move(joined);
    rooms["invite"] = std::move(invited);
    rooms["knock"] = std::move(knocked);
    rooms["leave"] = std::move(left);
    return answer;
}

}  // namespace chatrixcd::homeserver
