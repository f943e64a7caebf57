// SPDX-License-Identifier: Apache-2.0
// AES-256 in counter mode, on OpenSSL. Throws error_exception(environment) if that does not work.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::matrix::crypto {

inline constexpr std::size_t aes_ctr_iv_size = 16;

// Encrypts and decrypts. key: 32 bytes; iv: 16, of which the last counts on for each block.
std::string aes_256_ctr(std::string_view key, std::string_view iv, std::string_view text);
// Sets bit 63 of an iv, counted from its end, to 0: there are counters of 64 bits that would not carry.
void clear_bit_63(std::string& iv);

}  // namespace chatrixcd::matrix::crypto
