// SPDX-License-Identifier: Apache-2.0
#include "render/columns.hpp"

#include <algorithm>
#include <utility>

#include "render/clean.hpp"
#include "render/utf8.hpp"

namespace chatrixcd::chatops::text {
namespace {

constexpr std::size_t gap = 2;

std::vector<std::vector<std::string>> cleaned_rows(table const& what) {
    std::vector<std::vector<std::string>> rows;
    auto const add = [&](std::vector<std::string> const& cells) {
        auto& row = rows.emplace_back();
        for (auto const& cell : cells) row.push_back(clean_line(cell));
    };
    if (!what.header.empty()) add(what.header);
    for (auto const& row : what.rows) add(row);
    return rows;
}

}  // namespace

std::optional<std::string> aligned(table const& what, std::size_t columns) {
    auto const rows = cleaned_rows(what);
    std::vector<std::size_t> widths;
    for (auto const& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    std::size_t total = widths.empty() ? 0 : gap * (widths.size() - 1);
    for (auto const width : widths) total += width;
    if (total > columns) return std::nullopt;
    std::string out;
    for (auto const& row : rows) {
        std::string text;
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            text.append(widths[i] - columns_of(row[i]) + gap, ' ');
        }
        text.erase(text.find_last_not_of(' ') + 1);
        if (!out.empty()) out += '\n';
        out += text;
    }
    return out;
}

std::vector<line> as_items(table const& what) {
    std::vector<line> items;
    for (auto const& row : what.rows) {
        line item;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i].empty()) continue;
            if (i == 0) {
                item.push_back(strong(row[i]));
                continue;
            }
            std::string text = item.empty() ? "" : " · ";
            if (i < what.header.size() && !what.header[i].empty()) text += what.header[i] + " ";
            item.emplace_back(text + row[i]);
        }
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace chatrixcd::chatops::text
