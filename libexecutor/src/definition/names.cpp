// SPDX-License-Identifier: Apache-2.0
#include "definition/names.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace chatrixcd::executor {

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_quote = 60;

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool consists_of(std::string_view text, std::string_view marks) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos; });
}

// How many letters are to be added, dropped, replaced, or swapped with their neighbour, without regard to case.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before;  // the row before the one before
    std::vector<std::size_t> above(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::vector<std::size_t> row = {i + 1};
        for (std::size_t j = 0; j < b.size(); ++j) {
            auto best = std::min({row[j] + 1, above[j + 1] + 1, above[j] + (lower(a[i]) == lower(b[j]) ? 0 : 1)});
            bool const swapped = i > 0 && j > 0 && lower(a[i]) == lower(b[j - 1]) && lower(a[i - 1]) == lower(b[j]);
            if (swapped) best = std::min(best, before[j - 1] + 1);
            row.push_back(best);
        }
        before = std::exchange(above, std::move(row));
    }
    return above.back();
}

}  // namespace

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_name && (is_letter(text.front()) || is_digit(text.front())) && consists_of(text, "._-");
}

bool is_parameter_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_name && (is_letter(text.front()) || text.front() == '_') && consists_of(text, "_-");
}

bool is_run_key(std::string_view text) noexcept { return !text.empty() && text.size() <= longest_name && consists_of(text, "_-"); }

std::string quoted(std::string_view text) {
    bool const cut = text.size() > longest_quote;
    if (cut) {
        text = text.substr(0, longest_quote);
        // Not in the middle of a character.
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.remove_suffix(1);
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0) text.remove_suffix(1);
    }
    return '"' + std::string(text) + (cut ? "…\"" : "\"");
}

std::string_view nearest(std::string_view wrong, std::vector<std::string_view> const& candidates) {
    if (wrong.size() > longest_name) return {};
    std::string_view best;
    auto least = std::max<std::size_t>(1, wrong.size() / 3) + 1;
    for (auto const candidate : candidates) {
        if (auto const apart = distance(wrong, candidate); apart < least) {
            least = apart;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view wrong, std::vector<std::string_view> const& candidates) {
    if (auto const meant = nearest(wrong, candidates); !meant.empty()) return "did you mean " + quoted(meant) + "?";
    std::string all;
    for (auto const candidate : candidates) all += (all.empty() ? "there are: " : ", ") + quoted(candidate);
    return all;
}

}  // namespace chatrixcd::executor
