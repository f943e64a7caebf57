// SPDX-License-Identifier: Apache-2.0
#include "requests/glob.hpp"

namespace chatrixcd::matrix::detail {

namespace {

constexpr char32_t replacement = 0xFFFD;

char32_t small(char32_t c) noexcept {
    if (c >= U'A' && c <= U'Z') return c + 32;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;  // À…Þ without ×
    if (c >= 0x391 && c <= 0x3A9) return c + 32;             // Α…Ω
    if (c >= 0x410 && c <= 0x42F) return c + 32;             // А…Я
    if (c >= 0x400 && c <= 0x40F) return c + 80;             // Ѐ…Џ
    return c;
}

bool is_word(char32_t c) noexcept { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9') || c == U'_'; }

// One code point, and how many bytes it took; a byte that begins none is one.
std::pair<char32_t, std::size_t> decode(std::string_view rest) noexcept {
    auto const first = static_cast<unsigned char>(rest[0]);
    if (first < 0x80) return {first, 1};
    std::size_t const length = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || rest.size() < length) return {replacement, 1};
    char32_t c = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        auto const next = static_cast<unsigned char>(rest[i]);
        if ((next & 0xC0U) != 0x80) return {replacement, 1};
        c = (c << 6U) | (next & 0x3FU);
    }
    return {c, length};
}

}  // namespace

std::u32string folded(std::string_view text) {
    std::u32string made;
    made.reserve(text.size());
    while (!text.empty()) {
        auto const [c, length] = decode(text);
        made.push_back(small(c));
        text.remove_prefix(length);
    }
    return made;
}

glob::glob(std::string_view pattern, bool literal) {
    for (char32_t const c : folded(pattern)) {
        if (!literal && c == U'*') {
            if (tokens_.empty() || tokens_.back() != many) tokens_.push_back(many);
        } else {
            tokens_.push_back(!literal && c == U'?' ? any : c);
        }
    }
    too_long_ = tokens_.size() > longest;
    if (too_long_) tokens_.clear();
}

// at[i]: the first i tokens may have matched what came so far. A '*' also matches nothing.
void glob::start(std::vector<std::uint8_t>& at) const {
    at[0] = 1;
    for (std::size_t i = 0; i < tokens_.size() && tokens_[i] == many; ++i) at[i + 1] = 1;
}

void glob::step(std::vector<std::uint8_t>& at, char32_t c) const {
    // Downwards, so that each place is read before it is written.
    for (std::size_t i = tokens_.size() + 1; i-- > 0;) {
        bool const stays = i < tokens_.size() && tokens_[i] == many && at[i] != 0;
        bool const arrives = i > 0 && at[i - 1] != 0 && tokens_[i - 1] != many && (tokens_[i - 1] == any || tokens_[i - 1] == c);
        at[i] = stays || arrives ? 1 : 0;
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        if (at[i] != 0 && tokens_[i] == many) at[i + 1] = 1;
    }
}

bool glob::matches(std::u32string_view text) const {
    if (too_long_) return false;
    std::vector<std::uint8_t> at(tokens_.size() + 1, 0);
    start(at);
    for (char32_t const c : text) step(at, c);
    return at.back() != 0;
}

bool glob::matches_words(std::u32string_view text) const {
    if (too_long_) return false;
    std::vector<std::uint8_t> at(tokens_.size() + 1, 0);
    for (std::size_t i = 0;; ++i) {
        if (i == 0 || !is_word(text[i - 1])) start(at);
        bool const may_end = i == text.size() || !is_word(text[i]);
        if (may_end && at.back() != 0) return true;
        if (i == text.size()) return false;
        step(at, text[i]);
    }
}

}  // namespace chatrixcd::matrix::detail
