// SPDX-License-Identifier: Apache-2.0
#include "sync/sync.hpp"

#include <boost/json/array.hpp>
#include <map>
#include <set>
#include <utility>

#include "store/rooms.hpp"
#include "store/sequences.hpp"
#include "store/small_streams.hpp"
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

// Empty while this server keeps no keys and delivers nothing to devices; clients want the members all the same.
void add_device_streams(json::object& body) {
    body["to_device"] = list_of_events({});
    body["presence"] = list_of_events({});
    auto& lists = body["device_lists"].emplace_object();
    lists["changed"].emplace_array();
    lists["left"].emplace_array();
    body["device_one_time_keys_count"].emplace_object();
    body["device_unused_fallback_key_types"].emplace_array();
}

sync_token find_next(step& s, sync_question const& question) {
    sync_token next;
    next.events = sequences::last(s.db, sequences::events);
    next.receipts = sequences::last(s.db, sequences::receipts);
    next.account_data = sequences::last(s.db, sequences::account_data);
    next.typing = question.typing_number;
    return next;
}

}  // namespace

sync_answer look(step& s, sync_question const& question) {
    auto const fresh = find_news(s, question);
    sync_answer answer;
    answer.keys.push_back(question.who.user);
    json::object joined;
    json::object invited;
    json::object left;
    for (auto const& member : memberships_of(s.db, question.who.user)) {
        if (member.membership == "join") answer.keys.push_back(member.room);
        if (!question.filter.rooms.matches_room(member.room)) continue;
        if (member.membership == "join") {
            add_joined(s, question, fresh, member, joined);
        } else if (member.membership == "invite") {
            if (member.stream > events_seen(question) || question.full_state) invited[member.room] = view_invite(s, member);
        } else {
            add_left(s, question, fresh, member, left);
        }
    }
    auto const global = fresh.account_data.find("");
    json::array data;
    if (global != fresh.account_data.end()) data = format_account_data(global->second, question.filter.account_data);

    answer.empty = joined.empty() && invited.empty() && left.empty() && data.empty();
    answer.body["next_batch"] = find_next(s, question).str();
    answer.body["account_data"] = list_of_events(std::move(data));
    add_device_streams(answer.body);
    auto& rooms = answer.body["rooms"].emplace_object();
    rooms["join"] = std::move(joined);
    rooms["invite"] = std::move(invited);
    rooms["leave"] = std::move(left);
    return answer;
}

}  // namespace chatrixcd::homeserver
