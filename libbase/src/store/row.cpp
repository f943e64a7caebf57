// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::base {

namespace {

template <class T>
T const& typed(sql_value const& value, std::size_t column, char const* type) {
    auto const* held = std::get_if<T>(&value);
    if (held == nullptr) throw std::logic_error("column " + std::to_string(column) + " is not " + type);
    return *held;
}

// Where the parts of a value are.
struct viewing {
    sql_parameter::bound operator()(std::string const& text) const { return &text; }
    sql_parameter::bound operator()(blob const& bytes) const { return &bytes; }
    template <class T>
    sql_parameter::bound operator()(T const& plain) const {
        return plain;
    }
};

}  // namespace

sql_parameter::sql_parameter(sql_value const& value) : bound_(std::visit(viewing(), value)) {}

sql_value const& row::at(std::size_t column) const {
    if (column >= columns_.size()) throw std::logic_error("there is no column " + std::to_string(column));
    return columns_[column];
}

std::int64_t row::integer(std::size_t column) const { return typed<std::int64_t>(at(column), column, "an integer"); }
std::string row::text(std::size_t column) const { return typed<std::string>(at(column), column, "a text"); }
blob row::bytes(std::size_t column) const { return typed<blob>(at(column), column, "a blob"); }
bool row::is_null(std::size_t column) const { return std::holds_alternative<std::monostate>(at(column)); }

std::optional<std::int64_t> row::optional_integer(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> row::optional_text(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

std::optional<row> transaction::first(std::string_view sql, std::span<sql_parameter const> parameters) {
    auto rows = query(sql, parameters);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

}  // namespace chatrixcd::base
