// SPDX-License-Identifier: Apache-2.0
#include "media/hex.hpp"

namespace chatrixcd::matrix::detail {

namespace {

constexpr std::string_view alphabet = "0123456789abcdef";

unsigned value_of(char digit) {
    auto const found = alphabet.find(digit);
    return found == std::string_view::npos ? 0 : static_cast<unsigned>(found);
}

}  // namespace

std::string to_hex(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        text += alphabet[byte >> 4U];
        text += alphabet[byte & 15U];
    }
    return text;
}

std::string from_hex(std::string_view digits) {
    std::string bytes;
    bytes.reserve(digits.size() / 2);
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes += static_cast<char>(value_of(digits[i]) << 4U | value_of(digits[i + 1]));
    }
    return bytes;
}

}  // namespace chatrixcd::matrix::detail
