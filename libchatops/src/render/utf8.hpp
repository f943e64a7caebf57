// SPDX-License-Identifier: Apache-2.0
// Reading UTF-8 that somebody else wrote, and how many columns it takes on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chatrixcd::chatops::text {

inline constexpr char32_t replacement = 0xFFFD;
inline constexpr std::string_view replacement_bytes = "\xEF\xBF\xBD";

struct decoded {
    char32_t point = replacement;
    std::size_t length = 1;  // bytes; 1 for a byte that begins nothing valid
    bool valid = false;
};

// The code point that begins at `at` (< text.size()). Overlong forms, surrogates and what lies above U+10FFFF are invalid (RFC 3629).
decoded decode_at(std::string_view text, std::size_t at) noexcept;
void append(std::string& out, char32_t point);

// C0, DEL and C1, line breaks included.
bool is_control(char32_t point) noexcept;
// What changes the direction of the text around it, or marks a direction.
bool is_bidirectional_control(char32_t point) noexcept;
// What takes part in a text and shows nothing: zero-width spaces and joiners, soft hyphen, byte order mark, tags.
bool is_invisible(char32_t point) noexcept;
// Spaces other than U+0020.
bool is_foreign_space(char32_t point) noexcept;

// 0 for combining marks, 2 for East Asian wide characters and emoji, else 1 (a short form of wcwidth, which depends on the locale).
std::size_t columns_of(char32_t point) noexcept;
std::size_t columns_of(std::string_view text) noexcept;
// The longest beginning that takes at most `columns`, in bytes; at least one code point of a text that is not empty.
std::size_t prefix_within(std::string_view text, std::size_t columns) noexcept;

}  // namespace chatrixcd::chatops::text
