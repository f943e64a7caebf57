// SPDX-License-Identifier: Apache-2.0
// Glob patterns of push rules (appendices, "Glob-style matching"): '*' any number of characters, '?' one. Matched without regard to case
// (ASCII, Latin-1, Greek and Cyrillic letters), in time proportional to the text's length times the pattern's: no pattern is bad.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::matrix::detail {

// Code points with small letters; bytes that are no valid UTF-8 become U+FFFD.
std::u32string folded(std::string_view text);

class glob {
public:
    static constexpr std::size_t longest = 1000;

    explicit glob(std::string_view pattern) : glob(pattern, /*literal=*/false) {}
    // Without wildcards.
    static glob literal(std::string_view text) { return glob(text, /*literal=*/true); }

    // The whole text, which is folded().
    bool matches(std::u32string_view text) const;
    // Any part of it between word boundaries (client-server API, "Conditions": event_match on content.body).
    bool matches_words(std::u32string_view text) const;

private:
    glob(std::string_view pattern, bool literal);

    static constexpr char32_t any = 0x110000;   // '?'
    static constexpr char32_t many = 0x110001;  // '*'

    void start(std::vector<std::uint8_t>& at) const;
    void step(std::vector<std::uint8_t>& at, char32_t c) const;

    std::vector<char32_t> tokens_;
    bool too_long_ = false;
};

}  // namespace chatrixcd::matrix::detail
