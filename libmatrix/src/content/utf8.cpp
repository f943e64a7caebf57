// SPDX-License-Identifier: Apache-2.0
#include "content/utf8.hpp"

namespace chatrixcd::matrix::detail {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct lead_rule {
    unsigned char first;
    unsigned char last;
    std::size_t length;
    unsigned char second_first;
    unsigned char second_last;
};
// RFC 3629, section 4
constexpr lead_rule lead_rules[] = {
    {0x01, 0x7F, 1, 0, 0},       {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

unsigned char byte_at(std::string_view text, std::size_t at) noexcept { return static_cast<unsigned char>(text[at]); }

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
    auto const lead = byte_at(text, at);
    for (auto const& rule : lead_rules) {
        if (lead < rule.first || lead > rule.last) continue;
        if (rule.length == 1) return 1;
        if (text.size() - at < rule.length) return 0;
        auto const second = byte_at(text, at + 1);
        if (second < rule.second_first || second > rule.second_last) return 0;
        for (std::size_t i = 2; i < rule.length; ++i) {
            if ((byte_at(text, at + i) & 0xC0U) != 0x80U) return 0;
        }
        return rule.length;
    }
    return 0;
}

std::string repaired_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const length = utf8_length(text, at);
        out += length == 0 ? replacement : text.substr(at, length);
        at += length == 0 ? 1 : length;
    }
    return out;
}

}  // namespace chatrixcd::matrix::detail
