// SPDX-License-Identifier: Apache-2.0
// Which known word somebody may have meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::chatops::text {

inline constexpr std::size_t most_typing_errors = 2;

// Insertions, deletions, replacements and swaps of neighbours, each pair swapped at most once (optimal string alignment), by bytes.
// Anything above most_typing_errors is most_typing_errors + 1, so that long words cost no more than their length.
std::size_t typing_errors(std::string_view a, std::string_view b);

// Those of `known` that `word` begins; if there is none, those that are the fewest typing errors away from it. In their order, each once,
// at most `most`. Letters' case does not count. A word of up to three letters allows one error, else everything short would be similar.
std::vector<std::string> similar(std::string_view word, std::vector<std::string> const& known, std::size_t most);

// "`a`", "`a` or `b`", "`a`, `b` or `c`".
std::string either(std::vector<std::string> const& words);

}  // namespace chatrixcd::chatops::text
