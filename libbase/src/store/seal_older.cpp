// SPDX-License-Identifier: Apache-2.0
#include "store/seal_older.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

namespace chatrixcd::base {

namespace {

// Values have up to some ten kilobytes: a step has a few megabytes at most.
constexpr std::int64_t rows_at_once = 64;

std::string_view content_of(blob const& plain_value) {
    return std::string_view(reinterpret_cast<char const*>(plain_value.data()), plain_value.size()).substr(1);
}

// One step through a column. Returns the last row that was looked at, or nothing if there are no more.
std::optional<std::int64_t> seal_some(database& db, sealed_column const& column, std::int64_t after, column_seals& seals) {
    auto const table = std::string(column.table());
    auto const name = std::string(column.name());
    std::array<sql_parameter, 2> const bounds = {after, rows_at_once};
    auto const rows = db.query("SELECT rowid, " + name + " FROM " + table + " WHERE rowid > ?1 AND typeof(" + name +
                                   ") = 'blob' AND substr(" + name + ", 1, 1) = x'00' ORDER BY rowid LIMIT ?2",
                               bounds);
    if (rows.empty()) return std::nullopt;
    for (auto const& each : rows) {
        auto const value = seals.seal(column, content_of(each.bytes(1)));
        std::array<sql_parameter, 2> const sealed = {each.integer(0), value};
        db.run("UPDATE " + table + " SET " + name + " = ?2 WHERE rowid = ?1", sealed);
    }
    return rows.back().integer(0);
}

void seal_column(database& db, sealed_column const& column, column_seals& seals, store_hooks const& hooks) {
    std::optional<std::int64_t> after = std::numeric_limits<std::int64_t>::min();
    while (after) {
        db.execute("BEGIN IMMEDIATE");
        after = seal_some(db, column, *after, seals);
        if (hooks.before_commit) hooks.before_commit();
        db.execute("COMMIT");
    }
}

}  // namespace

bool seal_older(database& db, std::vector<sealed_column> const& columns, column_seals& seals, store_hooks const& hooks) {
    // Pages that are made in memory where others were would carry pieces of those along.
    db.execute("PRAGMA secure_delete=ON");
    for (auto const& column : columns) seal_column(db, column, seals, hooks);
    // What rows have left that were deleted before goes with the pages in which it was. SQLite makes a second file for that, which may be
    // larger than the memory.
    db.execute("PRAGMA temp_store=FILE; VACUUM; PRAGMA temp_store=MEMORY");
    auto const truncated = db.query("PRAGMA wal_checkpoint(TRUNCATE)", {});
    return !truncated.empty() && truncated.front().integer(0) == 0;
}

}  // namespace chatrixcd::base
