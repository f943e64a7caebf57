// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::protocol {

namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view digits) {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i) values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}

constexpr auto standard_values = values_of(standard);
constexpr auto url_safe_values = values_of(url_safe);

base::error refusal() { return base::error(base::error_kind::invalid, "not Base64"); }

}  // namespace

std::string encode_base64(std::span<std::byte const> bytes, base64_alphabet alphabet) {
    auto const digits = alphabet == base64_alphabet::standard ? standard : url_safe;
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (auto const byte : bytes) {
        pending = (pending << 8U) | std::to_integer<std::uint32_t>(byte);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out += digits[(pending >> bits) & 0x3FU];
        }
    }
    if (bits > 0) out += digits[(pending << (6 - bits)) & 0x3FU];
    return out;
}

base::result<std::vector<std::byte>> decode_base64(std::string_view text, base64_alphabet alphabet) {
    if (auto const digits = std::min(text.find('='), text.size()); digits != text.size()) {
        // Padding, if there is any, must fill up the last group of four and nothing else.
        if (text.size() % 4 != 0 || text.size() - digits > 2 || text.substr(digits).find_first_not_of('=') != std::string_view::npos)
            return refusal();
        text = text.substr(0, digits);
    }
    if (text.size() % 4 == 1) return refusal();
    auto const& values = alphabet == base64_alphabet::standard ? standard_values : url_safe_values;
    std::vector<std::byte> out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (char const c : text) {
        auto const value = values[static_cast<unsigned char>(c)];
        if (value == no_digit) return refusal();
        pending = (pending << 6U) | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::byte>((pending >> bits) & 0xFFU));
        }
    }
    return out;
}

}  // namespace chatrixcd::protocol
