// SPDX-License-Identifier: Apache-2.0
#include "outbox/table.hpp"

#include <algorithm>

#include <chatrixcd/base/sealed.hpp>

namespace chatrixcd::matrix::detail {

namespace {

enum class row_state : std::int64_t { queued = 0, sent = 1, refused = 2, replaced = 3 };

constexpr std::int64_t number(row_state s) { return static_cast<std::int64_t>(s); }

// Follows replacements to the edit that is or was sent in the end.
std::optional<key_state> find_key(base::transaction& t, std::int64_t account, std::string key) {
    for (;;) {
        auto const found = t.first(
            "SELECT state, event_id, replaced_by, error_kind, error_status, error_code, error_text FROM outbox"
            " WHERE account = ?1 AND key = ?2",
            {account, key});
        if (!found) return std::nullopt;
        auto const state = static_cast<row_state>(found->integer(0));
        // An edit that was on its way when it was replaced may have been sent all the same.
        if (state == row_state::replaced && found->is_null(1)) {
            key = found->text(2);
            continue;
        }
        key_state known;
        known.key = std::move(key);
        if (!found->is_null(1)) known.sent = event_id(found->text(1));
        if (state == row_state::refused) {
            known.refused = error(static_cast<error_kind>(found->integer(3)), "the homeserver refuses the message")
                                .with_status(static_cast<unsigned>(found->integer(4)))
                                .with_errcode(found->text(5))
                                .with_server_text(found->text(6));
        }
        return known;
    }
}

// The place of the oldest unsent edit of the same target, whose rows are replaced.
std::optional<std::int64_t> replace_unsent(base::transaction& t, std::int64_t account, outbox_item const& item,
                                           std::vector<std::int64_t> const& leaving, std::vector<std::string>& replaced) {
    std::optional<std::int64_t> place;
    auto const rows = t.query(
        "SELECT id, key, position FROM outbox WHERE account = ?1 AND state = 0 AND room_id = ?2 AND target = ?3 AND type = ?4"
        " ORDER BY position, id",
        {account, item.room.str(), item.target, item.type});
    for (auto const& row : rows) {
        if (std::find(leaving.begin(), leaving.end(), row.integer(0)) != leaving.end()) continue;
        if (!place) place = row.integer(2);
        replaced.push_back(row.text(1));
        t.run("UPDATE outbox SET state = ?2, replaced_by = ?3, content = NULL WHERE id = ?1",
              {row.integer(0), number(row_state::replaced), item.key});
    }
    return place;
}

}  // namespace

key_state enqueue(base::transaction& t, std::int64_t account, outbox_item const& item, std::vector<std::int64_t> const& leaving) {
    if (auto known = find_key(t, account, item.key)) return std::move(*known);
    // An old edit whose successor has been forgotten is unknown as well.
    t.run("DELETE FROM outbox WHERE account = ?1 AND key = ?2", {account, item.key});
    key_state made;
    made.key = item.key;
    std::optional<std::int64_t> place;
    if (item.replaces_unsent) place = replace_unsent(t, account, item, leaving, made.replaced);
    if (!place) {
        auto const last = t.first("SELECT MAX(position) FROM outbox WHERE account = ?1", {account});
        place = last->optional_integer(0).value_or(0) + 1;
    }
    t.run(
        "INSERT INTO outbox (account, key, made_here, room_id, type, content, target, transaction_id, device_id, position, created)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        {account, item.key, std::int64_t{item.made_here}, item.room.str(), item.type, base::seal(item.content), item.target,
         item.transaction, item.device.str(), *place, std::int64_t{item.now.time_since_epoch().count()}});
    return made;
}

std::vector<room_id> rooms_with_queue(base::transaction& t, std::int64_t account) {
    std::vector<room_id> rooms;
    for (auto const& row : t.query("SELECT DISTINCT room_id FROM outbox WHERE account = ?1 AND state = 0", {account})) {
        rooms.push_back(room_id(row.text(0)));
    }
    return rooms;
}

std::optional<outbox_row> first_in_queue(base::transaction& t, std::int64_t account, room_id const& room) {
    auto const found = t.first(
        "SELECT id, key, type, content, target, transaction_id, device_id, created FROM outbox"
        " WHERE account = ?1 AND state = 0 AND room_id = ?2 ORDER BY position, id LIMIT 1",
        {account, room.str()});
    if (!found) return std::nullopt;
    auto content = base::unseal(found->bytes(3));
    if (!content) throw base::store_error(content.error().describe());
    outbox_row row;
    row.id = found->integer(0);
    row.key = found->text(1);
    row.room = room;
    row.type = found->text(2);
    row.content = std::move(*content);
    row.target = found->text(4);
    row.transaction = found->text(5);
    row.device = found->text(6);
    row.created = base::time_point(std::chrono::milliseconds(found->integer(7)));
    return row;
}

void mark_sent(base::transaction& t, outbox_row const& row, event_id const& id) {
    t.run("UPDATE outbox SET state = ?2, event_id = ?3, content = NULL WHERE id = ?1", {row.id, number(row_state::sent), id.str()});
}

void mark_refused(base::transaction& t, outbox_row const& row, error const& why) {
    t.run(
        "UPDATE outbox SET state = ?2, error_kind = ?3, error_status = ?4, error_code = ?5, error_text = ?6, content = NULL"
        " WHERE id = ?1",
        {row.id, number(row_state::refused), static_cast<std::int64_t>(why.kind()), static_cast<std::int64_t>(why.http_status()),
         why.errcode(), why.server_text()});
}

void forget_key(base::transaction& t, std::int64_t account, std::string const& key) {
    t.run("DELETE FROM outbox WHERE account = ?1 AND key = ?2 AND state <> 0", {account, key});
}

void prune_made_here(base::transaction& t, std::int64_t account, base::time_point before) {
    t.run("DELETE FROM outbox WHERE account = ?1 AND made_here = 1 AND state <> 0 AND created < ?2",
          {account, std::int64_t{before.time_since_epoch().count()}});
}

}  // namespace chatrixcd::matrix::detail
