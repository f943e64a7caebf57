// SPDX-License-Identifier: Apache-2.0
#include "runs/log_text.hpp"

#include <algorithm>

#include "render/clean.hpp"
#include "render/utf8.hpp"

namespace chatrixcd::chatops::runs {

namespace {

constexpr std::size_t longest_line = 400;
constexpr std::size_t most_bytes = 12000;

// The longest beginning of at most `bytes` bytes that ends between two characters.
std::string_view cut(std::string_view whole, std::size_t bytes) {
    std::size_t end = 0;
    while (end < whole.size()) {
        auto const next = text::decode_at(whole, end);
        if (end + next.length > bytes) break;
        end += next.length;
    }
    return whole.substr(0, end);
}

}  // namespace

std::string log_text(std::vector<std::string> const& lines, std::size_t most_lines) {
    std::vector<std::string> shown;
    std::size_t bytes = 0;
    bool dropped = false;
    for (auto next = lines.rbegin(); next != lines.rend(); ++next) {
        auto clean = text::clean(*next);
        if (clean.size() > longest_line) clean = std::string(cut(clean, longest_line)) + "…";
        dropped = shown.size() == most_lines || bytes + clean.size() + 1 > most_bytes;
        if (dropped) break;
        bytes += clean.size() + 1;
        shown.push_back(std::move(clean));
    }
    std::string joined = dropped && bytes > 0 && shown.size() < most_lines ? "…\n" : "";
    for (auto next = shown.rbegin(); next != shown.rend(); ++next) joined += *next + "\n";
    if (!joined.empty()) joined.pop_back();
    return joined;
}

}  // namespace chatrixcd::chatops::runs
