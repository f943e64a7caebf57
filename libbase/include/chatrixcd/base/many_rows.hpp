// SPDX-License-Identifier: Apache-2.0
// One statement for many rows. Half of what a small row costs is that SQLite begins and ends its statement.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::base {

class many_rows {
public:
    // Rows are taken in pieces of at most so many.
    static constexpr std::size_t most_at_once = 32;

    // `before` ends with VALUES and `after` follows the last row: "INSERT INTO t (a, b, c) VALUES", 1, 2, "ON CONFLICT DO NOTHING". The
    // first `shared` columns are the same in all rows; then come `own` ones, at least one.
    many_rows(std::string_view before, std::size_t shared, std::size_t own, std::string_view after);
    // `own` has the parameters of row after row. Returns how many rows were changed. Throws what transaction::run() throws: rows before
    // the one that failed may be there, and the closure is to end. Rows of one call must not conflict with one another if `after` updates.
    std::int64_t run(transaction& t, std::span<sql_parameter const> shared, std::span<sql_parameter const> own) const;

private:
    struct piece {
        std::size_t rows = 0;
        std::string sql;
    };

    std::size_t shared_;
    std::size_t own_;
    std::array<piece, 3> pieces_;  // the largest first
};

}  // namespace chatrixcd::base
