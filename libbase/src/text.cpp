// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/text.hpp>

#include <cstdint>

namespace chatrixcd::base::text {

namespace {

std::uint32_t byte_at(std::string_view text, std::size_t at) noexcept { return static_cast<unsigned char>(text[at]); }

// Of a well-formed sequence.
std::uint32_t code_point(std::string_view text, std::size_t at, std::size_t length) noexcept {
    constexpr std::uint32_t lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t point = byte_at(text, at) & lead_bits[length];
    for (std::size_t i = 1; i < length; ++i) point = (point << 6U) | (byte_at(text, at + i) & 0x3FU);
    return point;
}

bool steers(std::uint32_t point) noexcept {
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return true;
    // LRM, RLM, line and paragraph separator, embeddings and overrides, isolates.
    return point == 0x200E || point == 0x200F || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
    auto const lead = byte_at(text, at);
    if (lead < 0x80) return 1;
    std::size_t const length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte_at(text, at + i) & 0xC0U) != 0x80U) return 0;
    }
    auto const second = byte_at(text, at + 1);
    if (lead == 0xE0 && second < 0xA0) return 0;
    if (lead == 0xED && second > 0x9F) return 0;
    if (lead == 0xF0 && second < 0x90) return 0;
    if (lead == 0xF4 && second > 0x8F) return 0;
    return length;
}

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const length = utf8_length(text, at);
        if (text[at] == '\n' || text[at] == '\r' || text[at] == '\t') {
            out += ' ';
        } else if (length == 0 || steers(code_point(text, at, length))) {
            out += '?';
        } else {
            out += text.substr(at, length);
        }
        at += length == 0 ? 1 : length;
    }
    return out;
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        auto const length = utf8_length(text, at);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++at;
        } else {
            out += text.substr(at, length);
            at += length;
        }
    }
    return out;
}

std::string_view trimmed(std::string_view text, std::string_view blanks) noexcept {
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace chatrixcd::base::text
