// SPDX-License-Identifier: Apache-2.0
#include "sync/gap_table.hpp"

namespace chatrixcd::matrix::detail {

namespace {

base::sql_value text_or_null(std::string const& text) { return text.empty() ? base::sql_value() : base::sql_value(text); }

}  // namespace

std::int64_t insert_gap(base::transaction& t, std::int64_t account, gap_row const& gap) {
    auto const made = t.first(
        "INSERT INTO gap (account, room_id, position, token, until_event, after_event, seeking, inside, restored)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id",
        {account, gap.room.str(), gap.position, gap.token, text_or_null(gap.until_event), text_or_null(gap.after_event),
         std::int64_t{gap.seeking}, std::int64_t{gap.inside}, std::int64_t{gap.restored}});
    return made->integer(0);
}

std::optional<gap_row> next_gap(base::transaction& t, std::int64_t account) {
    auto const found = t.first(
        "SELECT id, room_id, position, token, until_event, inside, filled, after_event, seeking, restored FROM gap WHERE account = ?1"
        " AND NOT EXISTS (SELECT 1 FROM gap AS before WHERE before.account = ?1 AND before.room_id = gap.room_id"
        " AND before.position < gap.position)"
        " ORDER BY filled, id LIMIT 1",
        {account});
    if (!found) return std::nullopt;
    gap_row gap;
    gap.id = found->integer(0);
    gap.room = room_id(found->text(1));
    gap.position = found->integer(2);
    gap.token = found->text(3);
    gap.until_event = found->optional_text(4).value_or(std::string());
    gap.inside = found->integer(5) != 0;
    gap.filled = found->integer(6);
    gap.after_event = found->optional_text(7).value_or(std::string());
    gap.seeking = found->integer(8) != 0;
    gap.restored = found->integer(9) != 0;
    return gap;
}

void advance_gap(base::transaction& t, gap_row const& gap) {
    t.run("UPDATE gap SET token = ?2, inside = ?3, filled = ?4, after_event = ?5, seeking = ?6 WHERE id = ?1",
          {gap.id, gap.token, std::int64_t{gap.inside}, gap.filled, text_or_null(gap.after_event), std::int64_t{gap.seeking}});
}

void close_gap(base::transaction& t, gap_row const& gap) { t.run("DELETE FROM gap WHERE id = ?1", {gap.id}); }

}  // namespace chatrixcd::matrix::detail
