// SPDX-License-Identifier: Apache-2.0
#include "hjson/cursor.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chatrixcd::hjson {

namespace {

using base::error;
using base::error_kind;
using base::result;

unsigned char byte(std::string_view text, std::size_t index) { return index < text.size() ? static_cast<unsigned char>(text[index]) : 0; }

// The length of the UTF-8 sequence at the beginning (Unicode 15, table 3-7), 0 if it is not one.
std::size_t sequence(std::string_view text) {
    auto const first = byte(text, 0);
    auto const second = byte(text, 1);
    auto const continues = [&](std::size_t index) { return (byte(text, index) & 0xc0) == 0x80; };
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        bool const wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f);
        return !wrong && continues(1) && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        bool const wrong = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
        return !wrong && continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

std::string hexadecimal(unsigned char value) {
    static constexpr char digits[] = "0123456789ABCDEF";
    return {digits[value >> 4], digits[value & 0xf]};
}

}  // namespace

std::string_view cursor::line() const noexcept {
    auto text = rest_.substr(0, rest_.find('\n'));
    if (text.size() < rest_.size() && text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

char cursor::next_in_line(std::size_t after) const noexcept {
    auto const next = rest_.find_first_not_of(" \t\r", after);
    return next == std::string_view::npos || rest_[next] == '\n' ? '\0' : rest_[next];
}

void cursor::skip(std::size_t bytes) noexcept {
    for (auto const c : rest_.substr(0, bytes)) {
        if (c == '\n') {
            ++where_.line;
            where_.column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
            ++where_.column;
        }
    }
    rest_.remove_prefix(std::min(bytes, rest_.size()));
}

result<void> cursor::skip_space() {
    for (;;) {
        if (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
            skip();
        } else if (peek() == '#' || starts_with("//")) {
            skip(line().size());
        } else if (starts_with("/*")) {
            auto const end = rest_.find("*/", 2);
            if (end == std::string_view::npos) return mistake(where_, "found a comment that does not end", "close it with */");
            skip(end + 2);
        } else {
            return {};
        }
    }
}

std::string cursor::found() const {
    if (at_end()) return "the end of the file";
    if (at_line_end()) return "the end of the line";
    return "'" + std::string(rest_.substr(0, sequence(rest_))) + "'";
}

error mistake(position where, std::string const& message, std::string hint) {
    return error(error_kind::invalid, to_string(where) + ": " + message).with_hint(std::move(hint));
}

result<void> check_text(std::string_view text) {
    cursor at(text);
    while (!text.empty()) {
        auto const length = sequence(text);
        auto const first = byte(text, 0);
        if (length == 0)
            return mistake(at.where(), "found a byte that is not UTF-8 (0x" + hexadecimal(first) + ")", "save the file as UTF-8");
        bool const is_space = first == '\t' || first == '\n' || first == '\r';
        if ((first < 0x20 && !is_space) || first == 0x7f) {
            return mistake(at.where(), "found a control character (0x" + hexadecimal(first) + ")", "remove it");
        }
        at.skip(length);
        text.remove_prefix(length);
    }
    return {};
}

}  // namespace chatrixcd::hjson
