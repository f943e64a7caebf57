// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostics.hpp"

#include <algorithm>
#include <numeric>

namespace chatrixcd::bot {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const above = row[j];
            std::size_t const substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, substituted});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

void diagnostics::problem(hjson::position at, std::string_view what, std::string_view sentence) {
    problems.push_back(place(at) + ": " + std::string(what) + ": " + std::string(sentence));
}

void diagnostics::warning(hjson::position at, std::string_view what, std::string_view sentence) {
    warnings.push_back(place(at) + ": " + std::string(what) + ": " + std::string(sentence));
}

std::string diagnostics::place(hjson::position at) const { return file_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column); }

std::string nearest(std::string_view word, std::vector<std::string> const& candidates) {
    std::string best;
    std::size_t least = 3;
    for (std::string const& candidate : candidates) {
        std::size_t const distance = edit_distance(word, candidate);
        if (distance < least && distance < candidate.size()) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace chatrixcd::bot
