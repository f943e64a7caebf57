// SPDX-License-Identifier: Apache-2.0
#include "content/cut.hpp"

#include <algorithm>
#include <cstdint>

#include "content/utf8.hpp"

namespace chatrixcd::matrix::detail {

namespace {

constexpr std::size_t look_back = 64;

std::size_t cost_of(char c) noexcept {
    switch (c) {
        case '"':
        case '\\':
        case '\n':
        case '\r':
        case '\t':
        case '\b':
        case '\f':
            return 2;
        default:
            return static_cast<unsigned char>(c) < 0x20 ? 6 : 1;
    }
}

bool continues(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

std::size_t previous(std::string_view text, std::size_t at) noexcept {
    --at;
    while (at > 0 && continues(text, at)) --at;
    return at;
}

std::uint32_t code_point(std::string_view text, std::size_t at) noexcept {
    auto const length = utf8_length(text, at);
    auto const lead = static_cast<unsigned char>(text[at]);
    if (length < 2) return lead;
    std::uint32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) value = (value << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    return value;
}

bool within(std::uint32_t c, std::uint32_t first, std::uint32_t last) noexcept { return c >= first && c <= last; }

// Attached to what is before it: the ranges that make most of Grapheme_Extend (UAX 29), and the joiner.
bool is_attached(std::uint32_t c) noexcept {
    return within(c, 0x0300, 0x036F) || within(c, 0x0483, 0x0489) || within(c, 0x0591, 0x05BD) || within(c, 0x064B, 0x065F) ||
           within(c, 0x0900, 0x0903) || within(c, 0x093A, 0x094F) || within(c, 0x0E31, 0x0E3A) || within(c, 0x1AB0, 0x1AFF) ||
           within(c, 0x1DC0, 0x1DFF) || c == 0x200D || within(c, 0x20D0, 0x20FF) || within(c, 0xFE00, 0xFE0F) ||
           within(c, 0xFE20, 0xFE2F) || within(c, 0x1F3FB, 0x1F3FF) || within(c, 0xE0020, 0xE007F) || within(c, 0xE0100, 0xE01EF);
}

bool tears(std::string_view text, std::size_t at) noexcept {
    if (at == 0 || at >= text.size()) return false;
    auto const before = code_point(text, previous(text, at));
    auto const after = code_point(text, at);
    bool const flag = within(before, 0x1F1E6, 0x1F1FF) && within(after, 0x1F1E6, 0x1F1FF);
    return is_attached(after) || before == 0x200D || flag || (before == '\r' && after == '\n');
}

}  // namespace

std::size_t json_cost(std::string_view text) noexcept {
    std::size_t cost = 0;
    for (char c : text) cost += cost_of(c);
    return cost;
}

std::size_t longest_prefix(std::string_view text, std::size_t budget) noexcept {
    std::size_t end = 0;
    for (std::size_t at = 0, cost = 0; at < text.size(); ++at) {
        cost += cost_of(text[at]);
        if (cost > budget) return end;
        if (!continues(text, at + 1)) end = at + 1;
    }
    return end;
}

std::size_t whole_characters(std::string_view text, std::size_t limit) noexcept {
    auto place = limit;
    while (place > 0 && limit - place < look_back && tears(text, place)) place = previous(text, place);
    return place == 0 || tears(text, place) ? limit : place;
}

std::size_t good_place(std::string_view text, std::size_t limit) noexcept {
    if (limit >= text.size()) return text.size();
    auto const head = text.substr(0, limit);
    if (auto const empty_line = head.rfind("\n\n"); empty_line != std::string_view::npos && empty_line >= limit / 2) return empty_line + 2;
    if (auto const line = head.rfind('\n'); line != std::string_view::npos && line >= limit / 2) return line + 1;
    if (auto const word = head.rfind(' '); word != std::string_view::npos && word >= limit / 4 * 3) {
        if (!tears(text, word + 1)) return word + 1;
    }
    return whole_characters(text, limit);
}

}  // namespace chatrixcd::matrix::detail
