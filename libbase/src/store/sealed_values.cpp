// SPDX-License-Identifier: Apache-2.0
#include "store/sealed_values.hpp"

#include <array>
#include <string>

namespace chatrixcd::base {

namespace {

bool has_column(database& db, std::string const& table, std::string const& name) {
    std::array<sql_parameter, 2> const named = {table, name};
    return !db.query("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", named).empty();
}

bool holds(database& db, sealed_column const& column, blob const& format) {
    auto const table = std::string(column.table());
    auto const name = std::string(column.name());
    if (!has_column(db, table, name)) return false;
    std::array<sql_parameter, 1> const begins_with = {format};
    return !db.query("SELECT 1 FROM " + table + " WHERE typeof(" + name + ") = 'blob' AND substr(" + name + ", 1, 1) = ?1 LIMIT 1",
                     begins_with)
                .empty();
}

}  // namespace

std::optional<sealed_column> find_value_of(database& db, std::vector<sealed_column> const& columns, std::byte format) {
    blob const first_byte = {format};
    for (auto const& column : columns) {
        if (holds(db, column, first_byte)) return column;
    }
    return std::nullopt;
}

}  // namespace chatrixcd::base
