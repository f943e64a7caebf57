// SPDX-License-Identifier: Apache-2.0
#include "render/clean.hpp"

#include "render/utf8.hpp"

namespace chatrixcd::chatops::text {
namespace {

constexpr char escape = '\x1b';
constexpr char bell = '\x07';

// The offset behind the terminal sequence whose ESC is at `at`. An unfinished sequence ends with its line: it must not swallow what
// follows.
std::size_t after_sequence(std::string_view text, std::size_t at) {
    std::size_t i = at + 1;
    if (i >= text.size()) return i;
    if (text[i] == '[') {
        for (++i; i < text.size() && text[i] >= 0x20 && text[i] < 0x40;) ++i;
        return i < text.size() && text[i] >= 0x40 && text[i] < 0x7F ? i + 1 : i;
    }
    if (text[i] == ']' || text[i] == 'P' || text[i] == '_' || text[i] == '^' || text[i] == 'X') {
        for (++i; i < text.size() && text[i] != '\n'; ++i) {
            if (text[i] == bell) return i + 1;
            if (text[i] == escape && i + 1 < text.size() && text[i + 1] == '\\') return i + 2;
        }
        return i;
    }
    while (i < text.size() && text[i] >= 0x20 && text[i] < 0x30) ++i;
    return i < text.size() && text[i] >= 0x30 && text[i] < 0x7F ? i + 1 : i;
}

}  // namespace

std::string clean(std::string_view foreign) {
    std::string out;
    out.reserve(foreign.size());
    for (std::size_t at = 0; at < foreign.size();) {
        char const c = foreign[at];
        if (c == escape) {
            at = after_sequence(foreign, at);
            continue;
        }
        if (c == '\r') {
            if (at + 1 >= foreign.size() || foreign[at + 1] != '\n') out += '\n';
            ++at;
            continue;
        }
        auto const next = decode_at(foreign, at);
        if (c == '\n' || c == '\t') {
            out += c;
        } else if (!next.valid || is_control(next.point) || is_bidirectional_control(next.point)) {
            out += replacement_bytes;
        } else {
            out += foreign.substr(at, next.length);
        }
        at += next.length;
    }
    return out;
}

std::string clean_line(std::string_view foreign) {
    std::string out = clean(foreign);
    for (char& c : out) {
        if (c == '\n' || c == '\t') c = ' ';
    }
    return out;
}

}  // namespace chatrixcd::chatops::text
