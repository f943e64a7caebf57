// SPDX-License-Identifier: Apache-2.0
#include "words/similar.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chatrixcd::chatops::text {
namespace {

std::string lower(std::string_view word) {
    std::string out(word);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace

std::size_t typing_errors(std::string_view a, std::string_view b) {
    constexpr std::size_t too_many = most_typing_errors + 1;
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most_typing_errors) return too_many;
    // Three rows of the usual table, of which only the diagonal band can stay within the bound.
    std::array<std::vector<std::size_t>, 3> rows;
    for (auto& row : rows) row.assign(b.size() + 1, too_many);
    for (std::size_t j = 0; j <= std::min(b.size(), most_typing_errors); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& now = rows[i % 3];
        auto const& above = rows[(i + 2) % 3];
        auto const& two_above = rows[(i + 1) % 3];
        std::size_t const first = i > most_typing_errors ? i - most_typing_errors : 0;
        std::size_t const last = std::min(b.size(), i + most_typing_errors);
        if (first > 0) now[first - 1] = too_many;
        if (last < b.size()) now[last + 1] = too_many;
        for (std::size_t j = first; j <= last; ++j) {
            if (j == 0) {
                now[0] = i;
                continue;
            }
            std::size_t best = std::min({above[j] + 1, now[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, two_above[j - 2] + 1);
            now[j] = std::min(best, too_many);
        }
    }
    return rows[a.size() % 3][b.size()];
}

std::vector<std::string> similar(std::string_view word, std::vector<std::string> const& known, std::size_t most) {
    constexpr std::size_t short_word = 3;
    auto const wanted = lower(word);
    std::size_t const allowed = wanted.size() <= short_word ? 1 : most_typing_errors;
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (auto const& each : known) {
        auto const candidate = lower(each);
        auto const errors = typing_errors(wanted, candidate);
        if (!wanted.empty() && candidate.starts_with(wanted)) {
            ranked.emplace_back(0, each);
        } else if (errors <= allowed && errors < std::max(wanted.size(), candidate.size())) {
            ranked.emplace_back(errors, each);
        }
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    std::vector<std::string> out;
    for (auto& [rank, each] : ranked) {
        if (rank != ranked.front().first) break;
        if (out.size() < most && std::find(out.begin(), out.end(), each) == out.end()) out.push_back(std::move(each));
    }
    return out;
}

std::string either(std::vector<std::string> const& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += "`" + words[i] + "`";
    }
    return out;
}

}  // namespace chatrixcd::chatops::text
