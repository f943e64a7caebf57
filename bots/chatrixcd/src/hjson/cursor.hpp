// SPDX-License-Identifier: Apache-2.0
// A place in the text that knows its line and column, and the words for what is found there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

#include "hjson/node.hpp"

namespace chatrixcd::hjson {

class cursor {
public:
    // The text is valid UTF-8 without control characters but tab and line breaks: see check_text().
    explicit cursor(std::string_view text) : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    // The next byte; 0 at the end.
    char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
    bool starts_with(std::string_view what) const noexcept { return rest_.starts_with(what); }
    bool at_line_end() const noexcept { return at_end() || peek() == '\n' || starts_with("\r\n"); }
    // What is left of the line, without its end: for what is consumed as a whole.
    std::string_view line() const noexcept;
    // The next character that is neither space nor tab; 0 if that is the end of the line.
    char next_in_line() const noexcept { return next_in_line(0); }
    char next_in_line(std::size_t after) const noexcept;
    // All that is left. Look at its beginning only: a file may be one long line.
    std::string_view rest() const noexcept { return rest_; }
    position where() const noexcept { return where_; }
    void skip(std::size_t bytes = 1) noexcept;

    // Skips spaces, tabs, line breaks and comments. Error: a comment that does not end.
    base::result<void> skip_space();
    // "'}'", "the end of the line": the character here, for a message.
    std::string found() const;

private:
    std::string_view rest_;
    position where_;
};

// "3:7: MESSAGE"
base::error mistake(position where, std::string const& message, std::string hint);

// Error if the text is not UTF-8, or holds control characters that no text file has.
base::result<void> check_text(std::string_view text);

}  // namespace chatrixcd::hjson
