// SPDX-License-Identifier: Apache-2.0
#include "crypto/secrets/aes_hmac.hpp"

#include <span>

#include "crypto/primitives/aes_ctr.hpp"
#include "crypto/primitives/hashes.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::size_t aes_key_size = 32;
constexpr std::size_t mac_key_size = 32;

}  // namespace

aes_hmac::aes_hmac(base::secret const& key, std::string_view info) : keys_(hkdf_sha256(key, info, aes_key_size + mac_key_size)) {}

aes_hmac::sealed aes_hmac::encrypt(base::random& randomness, std::string_view plain) const {
    sealed made;
    made.iv.resize(iv_size);
    randomness.fill(std::as_writable_bytes(std::span<char>(made.iv)));
    clear_bit_63(made.iv);
    made.ciphertext = apply(made.iv, plain);
    made.mac = mac_of(made.ciphertext);
    return made;
}

std::string aes_hmac::apply(std::string_view iv, std::string_view text) const {
    return aes_256_ctr(std::string_view(keys_.reveal()).substr(0, aes_key_size), iv, text);
}

std::string aes_hmac::mac_of(std::string_view ciphertext) const {
    return hmac_sha256(std::string_view(keys_.reveal()).substr(aes_key_size), ciphertext);
}

}  // namespace chatrixcd::matrix::crypto
