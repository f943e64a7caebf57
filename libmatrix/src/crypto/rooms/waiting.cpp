// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/waiting.hpp"

#include "crypto/pickles.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::int64_t most_in_room = 4096;
constexpr std::int64_t prune_every = 64;

constexpr char const* columns = "SELECT event_id, session_id, position, restored, event, reason, since, room_id, sender FROM undecrypted";

waiting_event event_of(base::row const& from) {
    waiting_event event;
    event.id = from.text(0);
    event.session = from.text(1);
    event.position = from.integer(2);
    event.restored = from.integer(3) != 0;
    event.event = unsealed(from, 4).reveal();
    event.reason = from.optional_text(5).value_or(std::string());
    event.since = base::time_point(std::chrono::milliseconds(from.integer(6)));
    event.room = room_id(from.text(7));
    event.sender = user_id(from.text(8));
    return event;
}

}  // namespace

void keep_waiting(context const& with, waiting_event const& event) {
    auto const made = with.t.first(
        "INSERT INTO undecrypted (account, room_id, event_id, session_id, position, restored, event, since, sender, for_device, reason) "
        "VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, (SELECT code FROM withheld WHERE account = ?1 AND room_id = ?2 AND session_id = ?4))"
        " ON CONFLICT DO NOTHING RETURNING rowid",
        {with.account, event.room.str(), event.id, event.session, event.position, std::int64_t{event.restored}, base::seal(event.event),
         with.milliseconds(), event.sender.str(), std::int64_t{event.for_device}});
    // Looking for the oldest costs time, and need not be done each time.
    if (!made || made->integer(0) % prune_every != 0) return;
    with.t.run(
        "DELETE FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND rowid <= (SELECT rowid FROM undecrypted WHERE account = ?1 AND"
        " room_id = ?2 ORDER BY rowid DESC LIMIT 1 OFFSET ?3)",
        {with.account, event.room.str(), most_in_room});
}

void drop_waiting(base::transaction& t, std::int64_t account, room_id const& room, std::string const& event) {
    t.run("DELETE FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND event_id = ?3", {account, room.str(), event});
}

std::vector<waiting_event> take_waiting(context const& with, room_id const& room, std::string const& session) {
    std::vector<waiting_event> events;
    for (auto const& row :
         with.t.query(std::string(columns) + " WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 ORDER BY rowid LIMIT ?4",
                      {with.account, room.str(), session, most_in_room})) {
        events.push_back(event_of(row));
    }
    with.t.run("DELETE FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND session_id = ?3", {with.account, room.str(), session});
    return events;
}

std::vector<waiting_event> take_waiting_of(context const& with, user_id const& sender) {
    std::vector<waiting_event> events;
    for (auto const& row :
         with.t.query(std::string(columns) + " WHERE account = ?1 AND sender = ?2 AND for_device = 1 ORDER BY rowid LIMIT ?3",
                      {with.account, sender.str(), most_in_room})) {
        events.push_back(event_of(row));
    }
    with.t.run("DELETE FROM undecrypted WHERE account = ?1 AND sender = ?2 AND for_device = 1", {with.account, sender.str()});
    return events;
}

void note_withheld(context const& with, room_id const& room, std::string const& session, std::string const& code) {
    with.t.run(
        "INSERT INTO withheld (account, room_id, session_id, code) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (account, room_id, session_id) DO UPDATE SET code = excluded.code",
        {with.account, room.str(), session, code});
    with.t.run("UPDATE undecrypted SET reason = ?4 WHERE account = ?1 AND room_id = ?2 AND session_id = ?3",
               {with.account, room.str(), session, code});
}

std::vector<overdue> take_overdue(context const& with, base::time_point before) {
    std::vector<overdue> found;
    std::int64_t const latest = before.time_since_epoch().count();
    for (auto const& row : with.t.query(
             "SELECT event_id, session_id, position, restored, event, reason, since, room_id, sender, count(*), min(rowid) FROM undecrypted"
             " WHERE account = ?1 AND told = 0 GROUP BY room_id, session_id HAVING min(since) <= ?2 ORDER BY min(rowid) LIMIT 100",
             {with.account, latest})) {
        found.push_back({event_of(row), row.integer(9)});
    }
    for (auto const& each : found) {
        with.t.run("UPDATE undecrypted SET told = 1 WHERE account = ?1 AND room_id = ?2 AND session_id = ?3",
                   {with.account, each.first.room.str(), each.first.session});
    }
    return found;
}

std::int64_t count_waiting(context const& with) {
    return with.t.first("SELECT count(*) FROM undecrypted WHERE account = ?1", {with.account})->integer(0);
}

}  // namespace chatrixcd::matrix::crypto
