// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/curve25519.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::size_t key_bytes = 32;
using point = std::array<unsigned char, key_bytes>;

constexpr point all(unsigned char first, unsigned char middle, unsigned char last) {
    point made{};
    made.fill(middle);
    made.front() = first;
    made.back() = last;
    return made;
}

// Every point whose order divides the cofactor, as x coordinates: 0, 1, the two of order 8, and p - 1, p, p + 1.
constexpr std::array<point, 7> low_order{
    all(0x00, 0x00, 0x00),
    all(0x01, 0x00, 0x00),
    point{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
          0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    point{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
          0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    all(0xec, 0xff, 0x7f),
    all(0xed, 0xff, 0x7f),
    all(0xee, 0xff, 0x7f),
};

}  // namespace

std::optional<std::string> checked_curve25519(std::string_view key) {
    auto const bytes = protocol::decode_base64(key);
    if (!bytes || bytes->size() != key_bytes) return std::nullopt;
    point given{};
    std::ranges::transform(*bytes, given.begin(), [](std::byte b) { return static_cast<unsigned char>(b); });
    // The highest bit means nothing.
    given.back() &= 0x7f;
    if (std::ranges::find(low_order, given) != low_order.end()) return std::nullopt;
    return protocol::encode_base64(*bytes);
}

}  // namespace chatrixcd::matrix::crypto
