// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/aes_ctr.hpp"

#include <openssl/evp.h>

#include <memory>

#include "crypto/primitives/checked.hpp"

namespace chatrixcd::matrix::crypto {

std::string aes_256_ctr(std::string_view key, std::string_view iv, std::string_view text) {
    std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> const context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    check(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, bytes_of(key), bytes_of(iv)) == 1);
    std::string out(text.size(), '\0');
    int length = 0;
    check(EVP_EncryptUpdate(context.get(), bytes_of(out), &length, bytes_of(text), static_cast<int>(text.size())) == 1);
    check(static_cast<std::size_t>(length) == text.size());
    return out;
}

void clear_bit_63(std::string& iv) {
    // The first bit of the second half.
    auto& byte = iv.at(aes_ctr_iv_size / 2);
    byte = static_cast<char>(static_cast<unsigned char>(byte) & 0x7FU);
}

}  // namespace chatrixcd::matrix::crypto
