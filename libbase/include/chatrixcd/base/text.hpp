// SPDX-License-Identifier: Apache-2.0
// Foreign text cut to what counts, and made safe for a line of a log or a terminal. Pure; never throws for any input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chatrixcd::base::text {

// The length of the well-formed UTF-8 sequence at `at` (RFC 3629: no surrogates, no overlong forms), 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) noexcept;

// Line ends and tabs become spaces; other control characters (C0, DEL, C1), line separators, direction overrides and bytes that are
// not UTF-8 become '?': what is shown can neither start a new line nor steer a terminal nor turn its direction.
std::string one_line(std::string_view text);

// Bytes that are not UTF-8 become U+FFFD; all else stays.
std::string valid_utf8(std::string_view text);

// Without the blanks at both ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n") noexcept;

}  // namespace chatrixcd::base::text
