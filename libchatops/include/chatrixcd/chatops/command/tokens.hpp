// SPDX-License-Identifier: Apache-2.0
// Splits a command line into words. Pure, linear, bounded. Quotes as in a POSIX shell ('…', "…", backslash), and nothing else of a
// shell. Typographic quotes count as the plain ones, a dash that a phone made of `--` before an option is `--` again. Characters that
// look like a space or like nothing (U+00A0, zero width, bidirectional controls) are refused: with them, a line could show one target
// and mean another. A command is one line: text below it is refused, for nobody could see that it has no effect.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::chatops {

inline constexpr std::size_t max_command_bytes = 4096;
inline constexpr std::size_t max_command_tokens = 64;

struct token {
    std::string text;                   // quotes and escapes resolved
    bool dashed = false;                // begins with an unquoted dash: an option, or a mistake
    std::optional<std::size_t> equals;  // offset in `text` of the first unquoted '='
    friend bool operator==(token const&, token const&) = default;
};

// Errors: `invalid` or `too_large`, one sentence that says what was wrong and what would be right.
base::result<std::vector<token>> tokenize(std::string_view text);

// What follows the bot's prefix in a message, without leading blanks: "!cd  help" → "help". Nothing if the message does not begin with
// the prefix as a word of its own. An empty prefix fits every message.
std::optional<std::string_view> after_prefix(std::string_view text, std::string_view prefix);

}  // namespace chatrixcd::chatops
