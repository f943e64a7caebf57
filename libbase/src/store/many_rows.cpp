// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/many_rows.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace chatrixcd::base {

namespace {

// "(?1, ?2, ?5, ?6)": the second row of two shared columns and two own ones.
std::string row_text(std::size_t row, std::size_t shared, std::size_t own) {
    std::vector<std::string> places;
    for (std::size_t i = 1; i <= shared; ++i) places.push_back(fmt::format("?{}", i));
    for (std::size_t i = 1; i <= own; ++i) places.push_back(fmt::format("?{}", shared + row * own + i));
    return fmt::format("({})", fmt::join(places, ", "));
}

std::string rows_text(std::size_t rows, std::size_t shared, std::size_t own) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < rows; ++i) texts.push_back(row_text(i, shared, own));
    return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

many_rows::many_rows(std::string_view before, std::size_t shared, std::size_t own, std::string_view after)
    : shared_(shared), own_(own), pieces_{piece{most_at_once, {}}, piece{8, {}}, piece{1, {}}} {
    for (auto& one : pieces_) one.sql = fmt::format("{} {} {}", before, rows_text(one.rows, shared, own), after);
}

std::int64_t many_rows::run(transaction& t, std::span<sql_parameter const> shared, std::span<sql_parameter const> own) const {
    if (shared.size() != shared_ || own.size() % own_ != 0) throw store_error("wrong number of parameters for: " + pieces_.back().sql);
    std::int64_t changed = 0;
    std::vector<sql_parameter> parameters;
    for (auto const& [rows, sql] : pieces_) {
        auto const taken = rows * own_;
        for (; own.size() >= taken; own = own.subspan(taken)) {
            parameters.assign(shared.begin(), shared.end());
            parameters.insert(parameters.end(), own.begin(), own.begin() + static_cast<std::ptrdiff_t>(taken));
            changed += t.run(sql, std::span<sql_parameter const>(parameters));
        }
    }
    return changed;
}

}  // namespace chatrixcd::base
