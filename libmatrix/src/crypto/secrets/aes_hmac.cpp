// SPDX-License-Identifier: Apache-2.0
#include "crypto/secrets/aes_hmac.hpp"

#include <openssl/evp.h>

#include <memory>
#include <span>

#include "crypto/primitives/checked.hpp"
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
    // Bit 63 of the counter, counted from its end: the first bit of the second half.
    constexpr std::size_t second_half = 8;
    made.iv[second_half] = static_cast<char>(static_cast<unsigned char>(made.iv[second_half]) & 0x7FU);
    made.ciphertext = apply(made.iv, plain);
    made.mac = mac_of(made.ciphertext);
    return made;
}

std::string aes_hmac::apply(std::string_view iv, std::string_view text) const {
    std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> const context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::string_view const key = keys_.reveal();
    check(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, bytes_of(key), bytes_of(iv)) == 1);
    std::string out(text.size(), '\0');
    int length = 0;
    check(EVP_EncryptUpdate(context.get(), bytes_of(out), &length, bytes_of(text), static_cast<int>(text.size())) == 1);
    check(static_cast<std::size_t>(length) == text.size());
    return out;
}

std::string aes_hmac::mac_of(std::string_view ciphertext) const {
    return hmac_sha256(std::string_view(keys_.reveal()).substr(aes_key_size), ciphertext);
}

}  // namespace chatrixcd::matrix::crypto
