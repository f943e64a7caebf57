// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/hashes.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <array>
#include <memory>

#include "crypto/primitives/checked.hpp"

namespace chatrixcd::matrix::crypto {

base::secret hkdf_sha256(base::secret const& key, std::string_view info, std::size_t length) {
    std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> const context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
    std::array<unsigned char, 32> const salt{};
    auto const& from = key.reveal();
    check(context && EVP_PKEY_derive_init(context.get()) == 1);
    check(EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1);
    check(EVP_PKEY_CTX_set1_hkdf_salt(context.get(), salt.data(), static_cast<int>(salt.size())) == 1);
    check(EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes_of(std::string_view(from)), static_cast<int>(from.size())) == 1);
    check(info.empty() || EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes_of(info), static_cast<int>(info.size())) == 1);
    std::string made(length, '\0');
    std::size_t written = length;
    check(EVP_PKEY_derive(context.get(), bytes_of(made), &written) == 1 && written == length);
    base::secret kept(made);
    base::wipe(made);
    return kept;
}

base::secret pbkdf2_sha512(base::secret const& passphrase, std::string_view salt, std::uint32_t rounds, std::size_t length) {
    auto const& from = passphrase.reveal();
    std::string made(length, '\0');
    check(PKCS5_PBKDF2_HMAC(from.data(), static_cast<int>(from.size()), bytes_of(salt), static_cast<int>(salt.size()),
                            static_cast<int>(rounds), EVP_sha512(), static_cast<int>(length), bytes_of(made)) == 1);
    base::secret kept(made);
    base::wipe(made);
    return kept;
}

std::string sha256(std::string_view text) {
    std::string digest(32, '\0');
    check(EVP_Digest(text.data(), text.size(), bytes_of(digest), nullptr, EVP_sha256(), nullptr) == 1);
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string mac(32, '\0');
    unsigned length = 0;
    auto const* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), bytes_of(mac), &length);
    check(made != nullptr && length == mac.size());
    return mac;
}

}  // namespace chatrixcd::matrix::crypto
