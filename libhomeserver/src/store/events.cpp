// SPDX-License-Identifier: Apache-2.0
#include "store/events.hpp"

#include <fmt/format.h>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/protocol/ids.hpp>

#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

namespace {

constexpr auto columns =
    "stream_ordering, event_id, room_id, type, state_key, sender, depth, origin_server_ts, state_before, state_after, replaces, "
    "relates_to, "
    "rel_type, redacted_by, device_id, transaction_id, body";

stored_event read(base::transaction& db, base::row const& row) {
    stored_event event;
    event.where.stream = row.integer(0);
    event.id = row.text(1);
    event.room = row.text(2);
    event.type = row.text(3);
    event.state_key = row.optional_text(4);
    event.sender = row.text(5);
    event.where.depth = row.integer(6);
    event.origin_server_ts = row.integer(7);
    event.state_before = row.integer(8);
    event.state_after = row.integer(9);
    event.replaces = row.optional_text(10);
    event.relates_to = row.optional_text(11);
    event.rel_type = row.optional_text(12);
    event.redacted_by = row.optional_text(13);
    event.device = row.optional_text(14);
    event.transaction_id = row.optional_text(15);
    event.bytes = db.unseal(sealed_in::event, row.bytes(16)).value();
    return event;
}

std::vector<stored_event> read_all(base::transaction& db, std::vector<base::row> const& rows) {
    std::vector<stored_event> events;
    events.reserve(rows.size());
    for (auto const& row : rows) events.push_back(read(db, row));
    return events;
}

// Walks a span of those events that `key` (?1) selects.
std::vector<stored_event> walk(base::transaction& db, char const* key, std::string const& value, span const& which) {
    auto const sql = which.backwards ? fmt::format(
                                           "SELECT {} FROM events WHERE {} = ?1 AND (depth, stream_ordering) <= (?2, ?3)"
                                           " AND (depth, stream_ordering) > (?4, ?5) ORDER BY depth DESC, stream_ordering DESC LIMIT ?6",
                                           columns, key)
                                     : fmt::format(
                                           "SELECT {} FROM events WHERE {} = ?1 AND (depth, stream_ordering) > (?2, ?3)"
                                           " AND (depth, stream_ordering) <= (?4, ?5) ORDER BY depth, stream_ordering LIMIT ?6",
                                           columns, key);
    return read_all(db, db.query(sql, {value, which.from.depth, which.from.stream, which.to.depth, which.to.stream, which.limit}));
}

}  // namespace

void insert_event(base::transaction& db, stored_event const& e) {
    static auto const sql =
        fmt::format("INSERT INTO events ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)", columns);
    db.run(sql,
           {e.where.stream, e.id, e.room, e.type, e.state_key, e.sender, e.where.depth, e.origin_server_ts, e.state_before, e.state_after,
            e.replaces, e.relates_to, e.rel_type, e.redacted_by, e.device, e.transaction_id, db.seal(sealed_in::event, e.bytes)});
}

std::optional<stored_event> find_event(base::transaction& db, std::string const& event_id) {
    static auto const sql = fmt::format("SELECT {} FROM events WHERE event_id = ?1", columns);
    auto const row = db.first(sql, {event_id});
    if (!row) return std::nullopt;
    return read(db, *row);
}

void mark_redacted(base::transaction& db, std::string const& event_id, std::string const& by) {
    // A second redaction changes nothing: the event stays the first one's.
    db.run("UPDATE events SET redacted_by = ?2, relates_to = NULL, rel_type = NULL WHERE event_id = ?1 AND redacted_by IS NULL",
           {event_id, by});
}

std::vector<stored_event> events_by_depth(base::transaction& db, std::string const& room, span const& which) {
    return walk(db, "room_id", room, which);
}

std::vector<stored_event> events_by_arrival(base::transaction& db, std::string const& room, std::int64_t after, std::int64_t up_to,
                                            std::int64_t limit) {
    static auto const sql = fmt::format(
        "SELECT {} FROM events WHERE room_id = ?1 AND stream_ordering > ?2 AND stream_ordering <= ?3 ORDER BY stream_ordering DESC LIMIT "
        "?4",
        columns);
    return read_all(db, db.query(sql, {room, after, up_to, limit}));
}

std::vector<stored_event> related_events(base::transaction& db, std::string const& event_id, span const& which) {
    return walk(db, "relates_to", event_id, which);
}

std::vector<thread_row> threads_of(base::transaction& db, std::string const& room, std::int64_t before, std::int64_t limit) {
    std::vector<thread_row> threads;
    auto const rows = db.query(
        "SELECT relates_to, MAX(stream_ordering) AS latest FROM events WHERE room_id = ?1 AND rel_type = 'm.thread' GROUP BY relates_to"
        " HAVING MAX(stream_ordering) < ?2 ORDER BY latest DESC LIMIT ?3",
        {room, before, limit});
    for (auto const& row : rows) threads.push_back({row.text(0), row.integer(1)});
    return threads;
}

bool has_related(base::transaction& db, std::string const& event_id, std::string const& rel_type, std::string const& sender) {
    return db.first("SELECT 1 FROM events WHERE relates_to = ?1 AND rel_type = ?2 AND sender = ?3", {event_id, rel_type, sender})
        .has_value();
}

std::vector<stored_event> events_by_time(base::transaction& db, std::string const& room, std::int64_t when, bool backwards,
                                         std::int64_t limit) {
    auto const sql = fmt::format(
        "SELECT {} FROM events WHERE room_id = ?1 AND origin_server_ts {} ?2 ORDER BY origin_server_ts {}, stream_ordering {} LIMIT ?3",
        columns, backwards ? "<=" : ">=", backwards ? "DESC" : "", backwards ? "DESC" : "");
    return read_all(db, db.query(sql, {room, when, limit}));
}

std::vector<stored_event> events_of_types(base::transaction& db, std::vector<std::string> const& types, std::int64_t before,
                                          std::int64_t limit) {
    std::string places;
    std::vector<base::sql_parameter> parameters{before, limit};
    for (auto const& type : types) {
        parameters.emplace_back(type);
        places += (places.empty() ? "?" : ", ?") + std::to_string(parameters.size());
    }
    auto const sql = fmt::format("SELECT {} FROM events WHERE stream_ordering < ?1 AND type IN ({}) ORDER BY stream_ordering DESC LIMIT ?2",
                                 columns, places);
    return read_all(db, db.query(sql, parameters));
}

std::vector<std::pair<std::string, std::int64_t>> count_relations(base::transaction& db, std::string const& event_id) {
    std::vector<std::pair<std::string, std::int64_t>> counts;
    auto const rows = db.query("SELECT rel_type, COUNT(*) FROM events WHERE relates_to = ?1 GROUP BY rel_type", {event_id});
    for (auto const& row : rows) counts.emplace_back(row.text(0), row.integer(1));
    return counts;
}

std::vector<stored_event> latest_related(base::transaction& db, std::string const& event_id, std::string const& rel_type,
                                         std::int64_t limit) {
    static auto const sql = fmt::format(
        "SELECT {} FROM events WHERE relates_to = ?1 AND rel_type = ?2 ORDER BY depth DESC, stream_ordering DESC LIMIT ?3", columns);
    return read_all(db, db.query(sql, {event_id, rel_type, limit}));
}

std::vector<stored_event> annotations_by(base::transaction& db, std::string const& event_id, std::string const& sender) {
    static auto const sql = fmt::format(
        "SELECT {} FROM events WHERE relates_to = ?1 AND rel_type = 'm.annotation' AND sender = ?2 ORDER BY stream_ordering DESC LIMIT 100",
        columns);
    return read_all(db, db.query(sql, {event_id, sender}));
}

std::optional<stored_event> last_event(base::transaction& db, std::string const& room, std::int64_t up_to) {
    auto found = events_by_arrival(db, room, 0, up_to, 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

}  // namespace chatrixcd::homeserver
