// SPDX-License-Identifier: Apache-2.0
#include "crypto/secrets/aes_hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <memory>
#include <span>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::size_t aes_key_size = 32;
constexpr int mac_key_size = 32;
constexpr std::size_t mac_size = 32;

void check(bool worked) {
    if (!worked) throw base::error_exception(base::error(base::error_kind::environment, "the crypto library fails"));
}

unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

aes_hmac::aes_hmac(base::secret const& key, std::string_view info) {
    std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> const context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
    std::array<unsigned char, 32> const salt{};
    auto const& from = key.reveal();
    check(context && EVP_PKEY_derive_init(context.get()) == 1);
    check(EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1);
    check(EVP_PKEY_CTX_set1_hkdf_salt(context.get(), salt.data(), static_cast<int>(salt.size())) == 1);
    check(EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes_of(std::string_view(from)), static_cast<int>(from.size())) == 1);
    check(info.empty() || EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes_of(info), static_cast<int>(info.size())) == 1);
    std::size_t length = keys_.size();
    check(EVP_PKEY_derive(context.get(), keys_.data(), &length) == 1 && length == keys_.size());
}

aes_hmac::~aes_hmac() { OPENSSL_cleanse(keys_.data(), keys_.size()); }

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
    check(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, keys_.data(), bytes_of(iv)) == 1);
    std::string out(text.size(), '\0');
    int length = 0;
    check(EVP_EncryptUpdate(context.get(), bytes_of(out), &length, bytes_of(text), static_cast<int>(text.size())) == 1);
    check(static_cast<std::size_t>(length) == text.size());
    return out;
}

std::string aes_hmac::mac_of(std::string_view ciphertext) const {
    std::string mac(mac_size, '\0');
    unsigned length = 0;
    check(HMAC(EVP_sha256(), keys_.data() + aes_key_size, mac_key_size, bytes_of(ciphertext), ciphertext.size(), bytes_of(mac), &length) !=
          nullptr);
    check(length == mac_size);
    return mac;
}

}  // namespace chatrixcd::matrix::crypto
