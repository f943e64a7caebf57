// SPDX-License-Identifier: Apache-2.0
// JSON is UTF-8; what programs print need not be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chatrixcd::matrix::detail {

// How many bytes the well-formed sequence at `at` has; 0 if there is none (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text, std::size_t at) noexcept;

// The text with U+FFFD for each byte that belongs to no well-formed sequence, and for NUL, which no Matrix database takes.
std::string repaired_utf8(std::string_view text);

}  // namespace chatrixcd::matrix::detail
