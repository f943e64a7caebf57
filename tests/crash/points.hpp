// SPDX-License-Identifier: Apache-2.0
// How many deaths a test is to die, and which life alone is to be played again: from the environment.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>

namespace chatrixcd::test {

inline std::optional<std::uint64_t> number_from(char const* variable) {
    auto const* const text = std::getenv(variable);
    if (!text) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

// CRASH_SEED=n plays that life alone.
inline std::optional<std::uint64_t> only_seed() { return number_from("CRASH_SEED"); }
// CRASH_POINTS=n: so many deaths at random boundaries, instead of `usual`.
inline std::uint64_t points(std::uint64_t usual) { return number_from("CRASH_POINTS").value_or(usual); }

// CRASH_STRIDE=n: of the boundaries of a long life every n-th, instead of every `usual`-th.
inline std::uint64_t stride(std::uint64_t usual) { return number_from("CRASH_STRIDE").value_or(usual); }

}  // namespace chatrixcd::test
