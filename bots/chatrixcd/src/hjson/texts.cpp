// SPDX-License-Identifier: Apache-2.0
#include "hjson/texts.hpp"

#include <cstdint>
#include <optional>

namespace chatrixcd::hjson {

namespace {

using base::result;

void append_utf8(std::string& to, std::uint32_t code) {
    auto const put = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

// Four hexadecimal digits.
std::optional<std::uint32_t> read_hexadecimal(cursor& at) {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i, at.skip()) {
        auto const c = at.peek();
        if (c >= '0' && c <= '9') {
            code = code * 16 + static_cast<std::uint32_t>(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            code = code * 16 + static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
        } else {
            return std::nullopt;
        }
    }
    return code;
}

// What follows "\u"; two of them where one character needs a surrogate pair.
bool append_unicode(std::string& to, cursor& at) {
    auto code = read_hexadecimal(at);
    if (!code || (*code >= 0xdc00 && *code <= 0xdfff)) return false;
    if (*code >= 0xd800 && *code <= 0xdbff) {
        if (!at.starts_with("\\u")) return false;
        at.skip(2);
        auto const low = read_hexadecimal(at);
        if (!low || *low < 0xdc00 || *low > 0xdfff) return false;
        code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
    }
    append_utf8(to, *code);
    return true;
}

bool append_escape(std::string& to, cursor& at) {
    auto const c = at.peek();
    if (at.at_line_end()) return false;
    at.skip();
    switch (c) {
        case '"':
        case '\'':
        case '\\':
        case '/':
            to += c;
            return true;
        case 'b':
            to += '\b';
            return true;
        case 'f':
            to += '\f';
            return true;
        case 'n':
            to += '\n';
            return true;
        case 'r':
            to += '\r';
            return true;
        case 't':
            to += '\t';
            return true;
        case 'u':
            return append_unicode(to, at);
        default:
            return false;
    }
}

std::size_t digits(std::string_view text, std::size_t from) {
    auto end = from;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return end - from;
}

// The length of the number (RFC 8259, section 6) at the beginning; 0 if there is none.
std::size_t number_length(std::string_view text) {
    std::size_t end = text.starts_with('-') ? 1 : 0;
    auto const whole = digits(text, end);
    if (whole == 0 || (whole > 1 && text[end] == '0')) return 0;
    end += whole;
    if (end < text.size() && text[end] == '.') {
        auto const fraction = digits(text, end + 1);
        if (fraction == 0) return 0;
        end += 1 + fraction;
    }
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        auto const sign = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-') ? 1u : 0u;
        auto const exponent = digits(text, end + 1 + sign);
        if (exponent == 0) return 0;
        end += 1 + sign + exponent;
    }
    return end;
}

// Whether a word of this length is all that the line has for this value.
bool is_whole_value(cursor const& at, std::size_t length) {
    auto const next = at.next_in_line(length);
    if (next != '/') return next == '\0' || next == ',' || next == ']' || next == '}' || next == '#';
    auto const rest = at.rest().substr(at.rest().find('/', length));
    return rest.starts_with("//") || rest.starts_with("/*");
}

}  // namespace

result<std::string> read_quoted(cursor& at) {
    auto const start = at.where();
    auto const mark = at.peek();
    std::string text;
    for (at.skip(); at.peek() != mark;) {
        if (at.at_line_end()) {
            return mistake(start, "found a text that is not closed on its line",
                           std::string("close it with ") + mark + ", or write several lines between ''' and '''");
        }
        if (at.peek() == '\\') {
            auto const escape = at.where();
            at.skip();
            if (!append_escape(text, at)) {
                return mistake(escape, "found an escape that does not exist", "a backslash is written \\\\; others: \\\" \\n \\t \\u00e4");
            }
        } else {
            text += at.peek();
            at.skip();
        }
    }
    at.skip();
    return text;
}

result<std::string> read_multiline(cursor& at) {
    auto const start = at.where();
    auto const skip_indentation = [&] {
        for (std::size_t i = 1; i < start.column && (at.peek() == ' ' || at.peek() == '\t'); ++i) at.skip();
    };
    at.skip(3);
    if (at.next_in_line() == '\0' && !at.at_end()) {
        at.skip(at.line().size());
        at.skip(at.peek() == '\r' ? 2 : 1);
        skip_indentation();
    } else {
        while (at.peek() == ' ' || at.peek() == '\t') at.skip();
    }
    std::string text;
    while (!at.starts_with("'''")) {
        if (at.at_end()) return mistake(start, "found a text of several lines that does not end", "close it with '''");
        if (at.at_line_end()) {
            text += '\n';
            at.skip(at.peek() == '\r' ? 2 : 1);
            skip_indentation();
        } else {
            text += at.peek();
            at.skip();
        }
    }
    at.skip(3);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

node read_unquoted(cursor& at) {
    auto const start = at.where();
    auto const word = [&](std::string_view what) { return at.starts_with(what) && is_whole_value(at, what.size()); };
    auto const take = [&](std::size_t length, node::content value) {
        at.skip(length);
        return node(std::move(value), start);
    };
    if (word("null")) return take(4, nullptr);
    if (word("true")) return take(4, true);
    if (word("false")) return take(5, false);
    if (auto const length = number_length(at.rest()); length > 0 && is_whole_value(at, length)) {
        return take(length, node::number{std::string(at.rest().substr(0, length))});
    }
    auto const line = at.line();
    auto const text = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    return take(line.size(), std::string(text));
}

}  // namespace chatrixcd::hjson
