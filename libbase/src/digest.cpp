// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/digest.hpp>

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace chatrixcd::base {

std::string sha256_hex(std::string_view data) {
    std::array<unsigned char, 32> digest;
    if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available");
    }
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * digest.size());
    for (auto const byte : digest) {
        hex += digits[byte >> 4];
        hex += digits[byte & 0xf];
    }
    return hex;
}

}  // namespace chatrixcd::base
