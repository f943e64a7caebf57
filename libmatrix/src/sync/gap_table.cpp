// SPDX-License-Identifier: Apache-2.0
#include "sync/gap_table.hpp"

namespace chatrixcd::matrix::detail {

void insert_gap(base::transaction& t, std::int64_t account, gap_row const& gap) {
    base::sql_value until;
    if (!gap.until_event.empty()) until = gap.until_event;
    t.run("INSERT INTO gap (account, room_id, position, token, until_event, inside) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
          {account, gap.room.str(), gap.position, gap.token, until, std::int64_t{gap.inside}});
}

std::optional<gap_row> next_gap(base::transaction& t, std::int64_t account) {
    auto const found = t.first(
        "SELECT id, room_id, position, token, until_event, inside, filled FROM gap WHERE account = ?1"
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
    return gap;
}

void advance_gap(base::transaction& t, gap_row const& gap) {
    t.run("UPDATE gap SET token = ?2, inside = ?3, filled = ?4 WHERE id = ?1", {gap.id, gap.token, std::int64_t{gap.inside}, gap.filled});
}

void close_gap(base::transaction& t, gap_row const& gap) { t.run("DELETE FROM gap WHERE id = ?1", {gap.id}); }

}  // namespace chatrixcd::matrix::detail
