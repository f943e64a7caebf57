// SPDX-License-Identifier: Apache-2.0
// How long a transfer may take.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace chatrixcd::matrix::detail {

// A transfer that does not move for this long, or for up to twice as long, is given up.
constexpr std::chrono::milliseconds longest_stall = std::chrono::seconds(60);

// A minute, and what 100 kB a second take; at most six hours.
inline std::chrono::milliseconds time_for(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t longest = 6ULL * 3600;
    return std::chrono::seconds(60 + std::min<std::uint64_t>(bytes / 100000, longest));
}

}  // namespace chatrixcd::matrix::detail
