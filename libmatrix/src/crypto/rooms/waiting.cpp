// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/waiting.hpp"

#include "crypto/pickles.hpp"
#include "crypto/strangers.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::int64_t most_in_room = 4096;
constexpr std::int64_t prune_every = 64;

constexpr char const* columns = "SELECT event_id, session_id, position, restored, event, reason, room_id, sender, rowid FROM undecrypted";

waiting_event event_of(context const& with, base::row const& from) {
    waiting_event event;
    event.id = from.text(0);
    event.session = from.text(1);
    event.position = from.integer(2);
    event.restored = from.integer(3) != 0;
    event.event = unsealed(with.t, sealed_in::undecrypted, from, 4).reveal();
    event.reason = from.optional_text(5).value_or(std::string());
    event.room = room_id(from.text(6));
    event.sender = user_id(from.text(7));
    event.order = from.integer(8);
    return event;
}

// Whoever fills the room loses what they have filled it with.
void prune(context const& with, room_id const& room) {
    auto const all = with.t.first("SELECT count(*) FROM undecrypted WHERE account = ?1 AND room_id = ?2", {with.account, room.str()});
    auto const surplus = all->integer(0) - most_in_room;
    if (surplus <= 0) return;
    with.t.run(
        "DELETE FROM undecrypted WHERE rowid IN (SELECT rowid FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND sender = (SELECT"
        " sender FROM undecrypted WHERE account = ?1 AND room_id = ?2 GROUP BY sender ORDER BY count(*) DESC LIMIT 1)"
        " ORDER BY rowid LIMIT ?3)",
        {with.account, room.str(), surplus});
}

}  // namespace

void keep_waiting(context const& with, waiting_event const& event) {
    auto const made = with.t.first(
        "INSERT INTO undecrypted (account, room_id, event_id, session_id, position, restored, event, since, sender, for_device, reason) "
        "VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, (SELECT code FROM withheld WHERE account = ?1 AND room_id = ?2 AND session_id = ?4"
        " AND sender = ?9))"
        " ON CONFLICT (account, room_id, event_id) DO UPDATE SET for_device = excluded.for_device"
        " WHERE session_id = excluded.session_id AND sender = excluded.sender RETURNING rowid",
        {with.account, event.room.str(), event.id, event.session, event.position, std::int64_t{event.restored},
         with.t.seal(sealed_in::undecrypted, event.event), with.milliseconds(), event.sender.str(), std::int64_t{event.for_device}});
    // Looking for the oldest costs time, and need not be done each time.
    if (made && made->integer(0) % prune_every == 0) prune(with, event.room);
}

void drop_waiting(base::transaction& t, std::int64_t account, room_id const& room, std::string const& event) {
    t.run("DELETE FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND event_id = ?3", {account, room.str(), event});
}

std::vector<waiting_event> waiting_for_key(context const& with, room_id const& room, std::string const& session) {
    std::vector<waiting_event> events;
    for (auto const& row :
         with.t.query(std::string(columns) + " WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 ORDER BY rowid LIMIT ?4",
                      {with.account, room.str(), session, most_in_room})) {
        events.push_back(event_of(with, row));
    }
    return events;
}

std::vector<waiting_event> waiting_of_user(context const& with, user_id const& sender) {
    std::vector<waiting_event> events;
    for (auto const& row :
         with.t.query(std::string(columns) + " WHERE account = ?1 AND sender = ?2 AND for_device = 1 ORDER BY rowid LIMIT ?3",
                      {with.account, sender.str(), most_in_room})) {
        events.push_back(event_of(with, row));
    }
    return events;
}

std::vector<user_id> senders_waiting(context const& with, room_id const& room, std::string const& session) {
    std::vector<user_id> senders;
    for (auto const& row :
         with.t.query("SELECT DISTINCT sender FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 LIMIT 100",
                      {with.account, room.str(), session})) {
        senders.emplace_back(row.text(0));
    }
    return senders;
}

void note_withheld(context const& with, room_id const& room, std::string const& session, user_id const& sender, std::string const& code) {
    with.t.run(
        "INSERT INTO withheld (account, room_id, session_id, sender, code, elsewhere) VALUES (?1, ?2, ?3, ?4, ?5, NOT EXISTS (SELECT 1 FROM"
        " room WHERE account = ?1 AND room_id = ?2 AND membership = 'join'))"
        " ON CONFLICT (account, room_id, session_id, sender) DO UPDATE SET code = excluded.code",
        {with.account, room.str(), session, sender.str(), code});
    bound_withheld(with, room, sender);
    with.t.run("UPDATE undecrypted SET reason = ?5 WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender = ?4",
               {with.account, room.str(), session, sender.str(), code});
}

std::vector<overdue> find_overdue(context const& with, base::time_point before) {
    std::vector<overdue> found;
    for (auto const& row : with.t.query("SELECT count(*), min(rowid) FROM undecrypted WHERE account = ?1 AND told = 0 AND since <= ?2"
                                        " GROUP BY room_id, sender LIMIT 100",
                                        {with.account, std::int64_t{before.time_since_epoch().count()}})) {
        // They are counted in an index; only the first is read.
        auto const first = with.t.first(std::string(columns) + " WHERE rowid = ?1", {row.integer(1)});
        found.push_back({event_of(with, *first), row.integer(0)});
    }
    return found;
}

std::vector<std::string> give_up(context const& with, overdue const& what, base::time_point before) {
    std::vector<std::string> events;
    for (auto const& row :
         with.t.query("DELETE FROM undecrypted WHERE account = ?1 AND room_id = ?2 AND sender = ?3 AND told = 0 AND"
                      " since <= ?4 RETURNING event_id",
                      {with.account, what.first.room.str(), what.first.sender.str(), std::int64_t{before.time_since_epoch().count()}})) {
        events.push_back(row.text(0));
    }
    return events;
}

void leave_waiting(context const& with, overdue const& what) {
    with.t.run("UPDATE undecrypted SET told = 1 WHERE account = ?1 AND room_id = ?2 AND sender = ?3",
               {with.account, what.first.room.str(), what.first.sender.str()});
}

std::int64_t count_waiting(context const& with) {
    return with.t.first("SELECT count(*) FROM undecrypted WHERE account = ?1", {with.account})->integer(0);
}

}  // namespace chatrixcd::matrix::crypto
