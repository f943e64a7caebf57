// SPDX-License-Identifier: Apache-2.0
#include "output/utf8.hpp"

#include <cstddef>

namespace chatrixcd::executor {

namespace {

// The length of the valid sequence at the beginning, 0 if there is none.
std::size_t sequence(std::string_view bytes) {
    auto const at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u; };
    auto const continues = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    auto const first = at(0);
    auto const second = at(1);
    if (first < 0x80) return first == 0 ? 0 : 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (!continues(1) || !continues(2)) return 0;
        if (first == 0xe0 && second < 0xa0) return 0;  // overlong
        if (first == 0xed && second > 0x9f) return 0;  // surrogates
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if (first == 0xf0 && second < 0x90) return 0;
        if (first == 0xf4 && second > 0x8f) return 0;  // above U+10FFFF
        return 4;
    }
    return 0;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        auto const length = sequence(bytes);
        if (length == 0) {
            text += "\xef\xbf\xbd";
        } else {
            text += bytes.substr(0, length);
        }
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

}  // namespace chatrixcd::executor
