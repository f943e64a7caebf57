// SPDX-License-Identifier: Apache-2.0
// The outbox' rows on their way out, and what stays of them.
#include "outbox/table.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// Refused messages whose contents are kept.
constexpr std::int64_t most_dead_contents = 200;

outbox_row read_row(base::transaction& t, base::row const& from, room_id const& room) {
    outbox_row row;
    row.id = from.integer(0);
    row.key = from.text(1);
    row.room = room;
    row.type = from.text(2);
    if (auto content = t.unseal(sealed_in::outbox_content, from.bytes(3))) row.content = std::move(*content);
    row.target = from.text(4);
    row.target_key = from.text(5);
    row.transaction = from.text(6);
    row.device = from.text(7);
    row.created = base::time_point(std::chrono::milliseconds(from.integer(8)));
    row.secrecy = static_cast<room_secrecy>(from.integer(9));
    return row;
}

std::optional<outbox_row> first_of(base::transaction& t, std::int64_t account, room_id const& room, row_state state) {
    auto const found = t.first(
        "SELECT id, key, type, content, target, target_key, transaction_id, device_id, created,"
        " COALESCE((SELECT CASE WHEN encryption IS NOT NULL THEN 2 ELSE membership = 'join' END FROM room WHERE account = ?1 AND"
        " room_id = ?2), 0) FROM outbox"
        " WHERE account = ?1 AND state = ?3 AND room_id = ?2 ORDER BY priority DESC, position, id LIMIT 1",
        {account, room.str(), static_cast<std::int64_t>(state)});
    if (!found) return std::nullopt;
    return read_row(t, *found, room);
}

// False if what it is about leaves later.
bool find_target(base::transaction& t, std::int64_t account, outbox_row& row) {
    if (row.target_key.empty() || !row.target.empty()) return true;
    auto const target = find_row(t, account, row.target_key);
    bool const is_waiting = target && (target->state == row_state::queued || target->state == row_state::leaving);
    row.orphan = !target || (!is_waiting && !target->sent);
    if (row.orphan) return true;
    if (!target->sent) return false;
    row.target = target->sent->str();
    return true;
}

// The first queued row is leaving from now on.
std::optional<outbox_row> take_queued(base::transaction& t, std::int64_t account, room_id const& room) {
    for (;;) {
        auto row = first_of(t, account, room, row_state::queued);
        if (!row) return std::nullopt;
        if (find_target(t, account, *row)) {
            t.run("UPDATE outbox SET state = 5 WHERE id = ?1", {row->id});
            return row;
        }
        // Its target was sent again after it had been refused, and is behind it now: both have one urgency at most.
        t.run("UPDATE outbox SET position = ?2 WHERE id = ?1", {row->id, last_place(t)});
    }
}

}  // namespace

std::optional<outbox_row> take_next(base::transaction& t, std::int64_t account, room_id const& room) {
    if (t.first("SELECT 1 FROM outbox WHERE account = ?1 AND state = 5 AND room_id = ?2 LIMIT 1", {account, room.str()}))
        return std::nullopt;
    return take_queued(t, account, room);
}

std::optional<outbox_row> take_up(base::transaction& t, std::int64_t account, room_id const& room) {
    while (auto row = first_of(t, account, room, row_state::leaving)) {
        if (find_target(t, account, *row)) return row;
        t.run("UPDATE outbox SET state = 0, position = ?2 WHERE id = ?1", {row->id, last_place(t)});
    }
    return take_queued(t, account, room);
}

void mark_sent(base::transaction& t, std::int64_t account, outbox_row const& row, event_id const& id) {
    t.run("UPDATE outbox SET state = 1, event_id = ?2, content = NULL, ciphertext = NULL WHERE id = ?1", {row.id, id.str()});
    t.run("UPDATE outbox SET target = ?3 WHERE account = ?1 AND target_key = ?2 AND state IN (0, 5)", {account, row.key, id.str()});
}

void mark_refused(base::transaction& t, std::int64_t account, outbox_row const& row, error const& why) {
    t.run(
        "UPDATE outbox SET state = 2, error_kind = ?2, error_status = ?3, error_code = ?4, error_text = ?5, error_message = ?6,"
        " ciphertext = NULL"
        " WHERE id = ?1",
        {row.id, static_cast<std::int64_t>(why.kind()), static_cast<std::int64_t>(why.http_status()), why.errcode(), why.server_text(),
         why.message()});
    t.run(
        "UPDATE outbox SET content = NULL WHERE account = ?1 AND state = 2 AND content IS NOT NULL AND id NOT IN"
        " (SELECT id FROM outbox WHERE account = ?1 AND state = 2 ORDER BY id DESC LIMIT ?2)",
        {account, most_dead_contents});
}

void mark_withdrawn(base::transaction& t, std::int64_t id) {
    t.run("UPDATE outbox SET state = 4, content = NULL, ciphertext = NULL WHERE id = ?1 AND state IN (0, 5)", {id});
}

void forget_key(base::transaction& t, std::int64_t account, std::string const& key) {
    auto const row = find_row(t, account, key);
    for (std::int64_t part = 1; row && part <= row->parts; ++part) {
        t.run("DELETE FROM outbox WHERE account = ?1 AND key = ?2 AND state NOT IN (0, 5)", {account, part_key(key, part)});
    }
}

void prune_made_here(base::transaction& t, std::int64_t account, base::time_point before) {
    t.run("DELETE FROM outbox WHERE account = ?1 AND made_here = 1 AND state NOT IN (0, 5) AND created < ?2",
          {account, std::int64_t{before.time_since_epoch().count()}});
}

}  // namespace chatrixcd::matrix::detail
