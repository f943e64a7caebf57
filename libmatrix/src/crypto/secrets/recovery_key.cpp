// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/recovery_key.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chatrixcd::matrix {

namespace {

constexpr std::string_view digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t key_size = 32;
// Two bytes that say what it is, the key, and the parity of both.
constexpr std::array<unsigned char, 2> header{0x8B, 0x01};
constexpr std::size_t framed_size = header.size() + key_size + 1;
// A number of so many bytes has no more digits; it begins with 0x8B, so that it has no fewer either.
constexpr std::size_t digit_count = 48;
constexpr std::size_t group = 4;

using framed_key = std::array<unsigned char, framed_size>;

unsigned char parity_of(std::span<unsigned char const> bytes) {
    unsigned char parity = 0;
    for (auto const byte : bytes) parity ^= byte;
    return parity;
}

error unreadable(std::string_view why) {
    return error(error_kind::invalid, "this is no recovery key: " + std::string(why))
        .with_hint("It is 48 letters and digits in groups of four, beginning with Es");
}

void wipe_bytes(framed_key& key) {
    for (auto& byte : key) {
        unsigned char volatile& place = byte;
        place = 0;
    }
}

// number = number * 58 + digit; false: it has become too large.
bool push_digit(framed_key& number, unsigned digit) {
    unsigned carry = digit;
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
        carry += *byte * 58U;
        *byte = static_cast<unsigned char>(carry & 0xFFU);
        carry >>= 8U;
    }
    return carry == 0;
}

// number = number / 58; returns the remainder.
unsigned pop_digit(framed_key& number) {
    unsigned rest = 0;
    for (auto& byte : number) {
        unsigned const both = rest * 256U + byte;
        byte = static_cast<unsigned char>(both / 58U);
        rest = both % 58U;
    }
    return rest;
}

result<void> read_digits(std::string_view text, framed_key& into) {
    std::size_t count = 0;
    for (char const c : text) {
        if (blanks.find(c) != std::string_view::npos) continue;
        auto const digit = digits.find(c);
        if (digit == std::string_view::npos) return unreadable("it has a character that no such key has");
        if (++count > digit_count || !push_digit(into, static_cast<unsigned>(digit))) return unreadable("it is too long");
    }
    if (count < digit_count) return unreadable("it is too short");
    return {};
}

}  // namespace

recovery_key recovery_key::make(base::random& randomness) {
    std::string bytes(key_size, '\0');
    randomness.fill(std::as_writable_bytes(std::span<char>(bytes)));
    return recovery_key(secret(std::move(bytes)));
}

result<recovery_key> recovery_key::parse(secret const& text) {
    framed_key framed{};
    auto const read = read_digits(text.reveal(), framed);
    bool const fits = read && std::equal(header.begin(), header.end(), framed.begin()) && parity_of(framed) == 0;
    std::string bytes(framed.begin() + header.size(), framed.end() - 1);
    wipe_bytes(framed);
    secret kept(std::move(bytes));
    if (!read) return read.error();
    if (!fits) return unreadable("a character is mistyped, or groups are not in their order");
    return recovery_key(std::move(kept));
}

secret recovery_key::text() const {
    framed_key framed{};
    auto const& key = bytes_.reveal();
    std::copy(header.begin(), header.end(), framed.begin());
    std::transform(key.begin(), key.end(), framed.begin() + header.size(), [](char c) { return static_cast<unsigned char>(c); });
    framed.back() = parity_of(std::span<unsigned char const>(framed).first(framed_size - 1));
    std::array<char, digit_count> written{};
    for (auto place = written.rbegin(); place != written.rend(); ++place) *place = digits[pop_digit(framed)];
    wipe_bytes(framed);
    std::string grouped;
    grouped.reserve(digit_count + digit_count / group);
    for (std::size_t i = 0; i < written.size(); ++i) {
        if (i > 0 && i % group == 0) grouped += ' ';
        grouped += written.at(i);
    }
    return secret(std::move(grouped));
}

}  // namespace chatrixcd::matrix
