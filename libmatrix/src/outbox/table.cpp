// SPDX-License-Identifier: Apache-2.0
#include "outbox/table.hpp"

#include <algorithm>

#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace {

std::int64_t number(row_state s) { return static_cast<std::int64_t>(s); }

std::int64_t number(base::time_point t) { return std::int64_t{t.time_since_epoch().count()}; }

// Follows replacements to the edit that is or was sent in the end.
std::optional<key_state> find_key(base::transaction& t, std::int64_t account, std::string key) {
    for (;;) {
        auto const found = t.first(
            "SELECT state, event_id, replaced_by, error_kind, error_status, error_code, error_text, error_message FROM outbox"
            " WHERE account = ?1 AND key = ?2",
            {account, key});
        if (!found) return std::nullopt;
        auto const state = static_cast<row_state>(found->integer(0));
        if (state == row_state::replaced) {
            key = found->text(2);
            continue;
        }
        key_state known;
        known.key = std::move(key);
        if (!found->is_null(1)) known.sent = event_id(found->text(1));
        if (state == row_state::refused) known.refused = stored_refusal(*found, 3);
        if (state == row_state::withdrawn) {
            known.withdrawn = true;
            known.refused = withdrawn_error();
        }
        return known;
    }
}

// The place of the oldest unsent edit of the same target, whose rows are replaced.
std::optional<std::int64_t> replace_unsent(base::transaction& t, std::int64_t account, outbox_item const& item,
                                           std::vector<std::string>& replaced) {
    std::optional<std::int64_t> place;
    auto const rows = t.query(
        "SELECT id, key, position FROM outbox WHERE account = ?1 AND state = 0 AND room_id = ?2 AND type = ?3"
        " AND ((target = ?4 AND ?4 <> '') OR (target_key = ?5 AND ?5 <> '')) ORDER BY position, id",
        {account, item.room.str(), item.type, item.target, item.target_key});
    for (auto const& row : rows) {
        if (!place) place = row.integer(2);
        replaced.push_back(row.text(1));
        t.run("UPDATE outbox SET state = ?2, replaced_by = ?3, content = NULL WHERE id = ?1",
              {row.integer(0), number(row_state::replaced), item.key});
    }
    return place;
}

std::optional<error> too_much(base::transaction& t, std::int64_t account, std::vector<outbox_item> const& parts,
                              queue_limits const& limits) {
    std::int64_t size = 0;
    for (auto const& part : parts) size += static_cast<std::int64_t>(part.content.size());
    if (size > limits.bytes || static_cast<std::int64_t>(parts.size()) > limits.rows) {
        return error(error_kind::too_large, "the message is larger than all that may wait to be sent to a room: " + std::to_string(size) +
                                                " of " + std::to_string(limits.bytes) + " bytes");
    }
    auto const waiting =
        t.first("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM outbox WHERE account = ?1 AND state IN (0, 5) AND room_id = ?2",
                {account, parts.front().room.str()});
    auto const rows = waiting->integer(0);
    auto const bytes = waiting->integer(1);
    if (rows + static_cast<std::int64_t>(parts.size()) <= limits.rows && bytes + size <= limits.bytes) return std::nullopt;
    return error(error_kind::rate_limited, "too much waits to be sent to " + parts.front().room.str() + ": " + std::to_string(rows) +
                                               " messages of " + std::to_string(bytes) + " bytes")
        .with_hint("Send less, or wait until they have left");
}

// After a store was found to be put back: what was left to do in it is taken up at once.
constexpr base::duration doubtful_for = std::chrono::hours(1);

// A store that was put back may have sent it before: then it is looked for back to the time of the copy, as if of another device.
void insert(base::transaction& t, std::int64_t account, outbox_item const& item, std::int64_t place) {
    auto const now = number(item.now);
    auto const copy = t.first("SELECT copied FROM account WHERE id = ?1 AND put_back > ?2", {account, now - doubtful_for.count()});
    t.run(
        "INSERT INTO outbox (account, key, made_here, room_id, type, content, target, target_key, transaction_id, device_id, position,"
        " created, priority, parts, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        {account, item.key, std::int64_t{item.made_here}, item.room.str(), item.type, t.seal(sealed_in::outbox_content, item.content),
         item.target, item.target_key, item.transaction, copy ? std::string() : item.device.str(), place, copy ? copy->integer(0) : now,
         item.priority, item.parts, static_cast<std::int64_t>(item.content.size())});
}

}  // namespace

std::string part_key(std::string const& key, std::int64_t part) { return part == 1 ? key : key + "~part" + std::to_string(part); }

error withdrawn_error() { return error(error_kind::conflict, "the message was withdrawn before it was sent"); }

error stored_refusal(base::row const& row, std::size_t column) {
    auto words = row.optional_text(column + 4);
    return error(static_cast<error_kind>(row.integer(column)), words ? std::move(*words) : "the homeserver refuses the message")
        .with_status(static_cast<unsigned>(row.integer(column + 1)))
        .with_errcode(row.text(column + 2))
        .with_server_text(row.text(column + 3));
}

std::int64_t last_place(base::transaction& t) {
    // No row that waits has a place behind its id, but for those that were put there by this function.
    return t.first("SELECT COALESCE(MAX(id), 0) + 1 FROM outbox")->integer(0);
}

std::optional<known_row> find_row(base::transaction& t, std::int64_t account, std::string const& key) {
    auto const found = t.first(
        "SELECT id, state, room_id, type, target, target_key, priority, parts, event_id FROM outbox WHERE account = ?1 AND key = ?2",
        {account, key});
    if (!found) return std::nullopt;
    known_row row;
    row.id = found->integer(0);
    row.state = static_cast<row_state>(found->integer(1));
    row.room = room_id(found->text(2));
    row.type = found->text(3);
    row.target = found->text(4);
    row.target_key = found->text(5);
    row.priority = found->integer(6);
    row.parts = found->integer(7);
    if (!found->is_null(8)) row.sent = event_id(found->text(8));
    return row;
}

std::vector<key_state> find_keys(base::transaction& t, std::int64_t account, std::string const& key) {
    std::vector<key_state> states;
    auto const row = find_row(t, account, key);
    for (std::int64_t part = 1; row && part <= row->parts; ++part) {
        if (auto state = find_key(t, account, part_key(key, part))) states.push_back(std::move(*state));
    }
    return states;
}

result<std::vector<key_state>> enqueue(base::transaction& t, std::int64_t account, std::vector<outbox_item> const& parts,
                                       queue_limits const& limits) {
    auto states = find_keys(t, account, parts.front().key);
    if (!states.empty()) return states;
    for (auto const& item : parts) {
        // An old edit whose successor has been forgotten is unknown as well.
        t.run("DELETE FROM outbox WHERE account = ?1 AND key = ?2 AND state NOT IN (0, 5)", {account, item.key});
        key_state made;
        made.key = item.key;
        std::optional<std::int64_t> place;
        if (item.replaces_unsent) place = replace_unsent(t, account, item, made.replaced);
        if (!place && states.empty()) {
            if (auto refusal = too_much(t, account, parts, limits)) return std::move(*refusal);
        }
        insert(t, account, item, place ? *place : last_place(t));
        states.push_back(std::move(made));
    }
    return states;
}

void insert_settled(base::transaction& t, std::int64_t account, outbox_item const& item, row_state state, std::string const& replaced_by) {
    insert(t, account, item, 0);
    t.run("UPDATE outbox SET state = ?3, replaced_by = ?4, content = NULL WHERE account = ?1 AND key = ?2",
          {account, item.key, number(state), replaced_by});
}

std::vector<room_id> find_waiting_rooms(base::transaction& t, std::int64_t account) {
    std::vector<room_id> found;
    for (auto const& row : t.query("SELECT DISTINCT room_id FROM outbox WHERE account = ?1 AND state IN (0, 5)", {account})) {
        found.push_back(room_id(row.text(0)));
    }
    return found;
}

old_keys find_old_keys(base::transaction& t, std::int64_t account, room_id const& room, base::time_point before,
                       std::string const& device) {
    old_keys found;
    auto const rows = t.query(
        "SELECT key, created FROM outbox WHERE account = ?1 AND state IN (0, 5) AND room_id = ?2 AND (created < ?3 OR device_id <> ?4)"
        " ORDER BY created",
        {account, room.str(), number(before), device});
    for (auto const& row : rows) {
        if (found.keys.empty()) found.oldest = base::time_point(std::chrono::milliseconds(row.integer(1)));
        found.keys.push_back(row.text(0));
    }
    return found;
}

}  // namespace chatrixcd::matrix::detail
