// SPDX-License-Identifier: Apache-2.0
#include "inbox/table.hpp"

#include <algorithm>

#include <chatrixcd/base/many_rows.hpp>

#include "inbox/trust_text.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace {

std::int64_t milliseconds(base::time_point when) { return when.time_since_epoch().count(); }

// The room's first row, if no gap is open before it.
std::optional<inbox_row> head_of(base::transaction& t, std::int64_t account, std::string const& room) {
    auto const found = t.first(
        "SELECT id, event_id, kind, event, trace, tries, restored, received, trust FROM inbox WHERE account = ?1 AND state = 0 AND state "
        "<> 4"
        " AND room_id = ?2 ORDER BY position, id LIMIT 1",
        {account, room});
    if (!found) return std::nullopt;
    inbox_row row;
    row.id = found->integer(0);
    row.room = room_id(room);
    row.event_id = found->text(1);
    row.kind = static_cast<inbox_kind>(found->integer(2));
    // Unreadable, it is handed out empty: whoever cannot read it says so, and the rows behind it go on.
    if (auto text = t.unseal(sealed_in::inbox_event, found->bytes(3))) row.event = std::move(*text);
    row.trace = found->text(4);
    row.tries = found->integer(5);
    row.restored = found->integer(6) != 0;
    row.received = base::time_point(std::chrono::milliseconds(found->integer(7)));
    if (auto const believed = found->optional_text(8)) row.believed = read_trust(*believed);
    return row;
}

}  // namespace

std::size_t insert_rows(base::transaction& t, arrival const& where, std::span<new_row const> rows) {
    static base::many_rows const statement(
        "INSERT INTO inbox (account, room_id, position, received, restored, event_id, kind, event, trace, trust) VALUES", 5, 5,
        "ON CONFLICT DO NOTHING");
    std::vector<base::sql_parameter> own;
    own.reserve(rows.size() * 5);
    for (auto const& row : rows) {
        own.emplace_back(row.event_id);
        own.emplace_back(static_cast<std::int64_t>(row.kind));
        own.emplace_back(row.event);
        own.emplace_back(row.trace);
        own.emplace_back(row.believed);
    }
    std::vector<base::sql_parameter> const shared{where.account, where.room.str(), where.position, milliseconds(where.now),
                                                  std::int64_t{where.restored}};
    return static_cast<std::size_t>(statement.run(t, shared, own));
}

bool insert_row(base::transaction& t, arrival const& where, std::string const& event_id, inbox_kind kind, std::string const& event,
                std::string const& trace) {
    new_row const row{event_id, kind, t.seal(sealed_in::inbox_event, event), trace, std::nullopt};
    return insert_rows(t, where, std::span(&row, 1)) > 0;
}

void note_done(base::transaction& t, arrival const& where, std::string const& event_id) {
    t.run(
        "INSERT INTO inbox (account, room_id, event_id, kind, position, event, trace, state, received) VALUES (?1, ?2, ?3, 0, 0, x'', '', "
        "4,"
        " ?4) ON CONFLICT DO NOTHING",
        {where.account, where.room.str(), event_id, milliseconds(where.now)});
}

bool is_known(base::transaction& t, std::int64_t account, room_id const& room, std::string const& event_id) {
    return t.first("SELECT 1 FROM inbox WHERE account = ?1 AND room_id = ?2 AND event_id = ?3", {account, room.str(), event_id})
        .has_value();
}

void drop_invites(base::transaction& t, std::int64_t account, room_id const& room) {
    t.run("DELETE FROM inbox WHERE account = ?1 AND room_id = ?2 AND kind = ?3 AND state <> 1",
          {account, room.str(), static_cast<std::int64_t>(inbox_kind::invite)});
}

void reset_marks(base::transaction& t, std::int64_t account) {
    t.run("UPDATE inbox SET state = 0 WHERE account = ?1 AND state IN (1, 3) AND state <> 4", {account});
}

std::vector<inbox_row> take_rows(base::transaction& t, std::int64_t account, std::int64_t most) {
    auto const rooms = t.query(
        "SELECT room_id, MIN(position) FROM inbox WHERE account = ?1 AND state = 0 AND state <> 4"
        " AND room_id NOT IN (SELECT room_id FROM inbox WHERE account = ?1 AND state = 1 AND state <> 4)"
        " AND NOT EXISTS (SELECT 1 FROM gap WHERE gap.account = ?1 AND gap.room_id = inbox.room_id AND gap.position <= inbox.position)"
        " GROUP BY room_id ORDER BY 2 LIMIT ?2",
        {account, most});
    std::vector<inbox_row> taken;
    for (auto const& room : rooms) {
        auto row = head_of(t, account, room.text(0));
        if (!row) continue;
        ++row->tries;
        t.run("UPDATE inbox SET state = 1, tries = ?2 WHERE id = ?1", {row->id, row->tries});
        taken.push_back(std::move(*row));
    }
    return taken;
}

// A settling that is repeated because its answer was lost finds nothing: the row is not marked any more, or its id is another one's.

void finish_row(base::transaction& t, inbox_row const& row, base::time_point now) {
    if (row.kind != inbox_kind::message && row.kind != inbox_kind::other_event) {
        t.run("DELETE FROM inbox WHERE id = ?1 AND trace = ?2 AND state = 1", {row.id, row.trace});
    } else {
        t.run("UPDATE inbox SET state = 4, event = x'', received = ?3 WHERE id = ?1 AND trace = ?2 AND state = 1",
              {row.id, row.trace, milliseconds(now)});
    }
}

void release_row(base::transaction& t, inbox_row const& row, bool counted) {
    t.run("UPDATE inbox SET state = 0, tries = ?3 WHERE id = ?1 AND trace = ?2 AND state = 1",
          {row.id, row.trace, counted ? row.tries : row.tries - 1});
}

void release_others(base::transaction& t, std::int64_t account, std::vector<std::int64_t> const& handled) {
    for (auto const& row : t.query("SELECT id FROM inbox WHERE account = ?1 AND state = 1 AND state <> 4", {account})) {
        if (std::find(handled.begin(), handled.end(), row.integer(0)) != handled.end()) continue;
        t.run("UPDATE inbox SET state = 0, tries = tries - 1 WHERE id = ?1", {row.integer(0)});
    }
}

void set_row_aside(base::transaction& t, inbox_row const& row, std::string const& reason) {
    t.run("UPDATE inbox SET state = 2, reason = ?3 WHERE id = ?1 AND trace = ?2 AND state = 1", {row.id, row.trace, reason});
}

void leave_row(base::transaction& t, inbox_row const& row) {
    t.run("UPDATE inbox SET state = 3, tries = ?3 WHERE id = ?1 AND trace = ?2 AND state = 1", {row.id, row.trace, row.tries - 1});
}

void prune_done(base::transaction& t, std::int64_t account, base::time_point now) {
    // Rows are numbered as they arrive: behind the first that is young enough nothing is looked at. The plus keeps SQLite to that order.
    t.run(
        "DELETE FROM inbox WHERE +account = ?1 AND state = 4 AND received < ?2 AND id <"
        " COALESCE((SELECT id FROM inbox WHERE +account = ?1 AND received >= ?2 ORDER BY id LIMIT 1), 9223372036854775807)",
        {account, milliseconds(now - done_memory)});
}

}  // namespace chatrixcd::matrix::detail
