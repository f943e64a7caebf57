// SPDX-License-Identifier: Apache-2.0
// AES-256 in counter mode with HMAC-SHA-256 over the ciphertext, under two keys that HKDF-SHA-256 makes of one, by what they are for.
// Throws error_exception(environment) if OpenSSL does not work.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

class aes_hmac {
public:
    static constexpr std::size_t iv_size = 16;

    // Salt: 32 bytes of 0; `info` tells uses of a key apart.
    aes_hmac(base::secret const& key, std::string_view info);

    struct sealed {
        std::string iv;
        std::string ciphertext;
        std::string mac;
    };
    // Under a new iv, whose bit 63 is 0: there are counters of 64 bits that would not carry.
    sealed encrypt(base::random& randomness, std::string_view plain) const;
    // Encrypts and decrypts. iv: iv_size bytes.
    std::string apply(std::string_view iv, std::string_view text) const;
    // 32 bytes.
    std::string mac_of(std::string_view ciphertext) const;

private:
    base::secret keys_;
};

}  // namespace chatrixcd::matrix::crypto
