// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/sas_keys.hpp"

#include <openssl/evp.h>

#include <memory>
#include <span>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/driver/curve25519.hpp"
#include "crypto/primitives/checked.hpp"
#include "crypto/primitives/hashes.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t mac_key_size = 32;

using key_handle = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

key_handle private_handle(base::secret const& key) {
    std::string_view const bytes = key.reveal();
    return {EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes_of(bytes), bytes.size()), EVP_PKEY_free};
}

std::string encoded(std::string_view bytes) {
    return protocol::encode_base64(std::as_bytes(std::span<char const>(bytes.data(), bytes.size())));
}

}  // namespace

sas_keys::sas_keys(base::random& randomness) {
    std::string seed(key_size, '\0');
    randomness.fill(std::as_writable_bytes(std::span<char>(seed)));
    private_key_ = base::secret(seed);
    base::wipe(seed);
    auto const own = private_handle(private_key_);
    std::string made(key_size, '\0');
    std::size_t length = made.size();
    check(own && EVP_PKEY_get_raw_public_key(own.get(), bytes_of(made), &length) == 1 && length == key_size);
    public_key_ = encoded(made);
}

base::result<void> sas_keys::agree(std::string_view their_key) {
    auto const checked = checked_curve25519(their_key);
    if (!checked) return base::error(base::error_kind::invalid, "the other's key of the verification is unusable");
    auto const bytes = protocol::decode_base64(*checked).value();
    auto const* raw = reinterpret_cast<unsigned char const*>(bytes.data());
    key_handle const theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, raw, bytes.size()), EVP_PKEY_free);
    auto const own = private_handle(private_key_);
    check(own != nullptr && theirs != nullptr);
    std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> const context(EVP_PKEY_CTX_new(own.get(), nullptr), EVP_PKEY_CTX_free);
    check(context && EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), theirs.get()) == 1);
    std::string secret(key_size, '\0');
    std::size_t length = secret.size();
    check(EVP_PKEY_derive(context.get(), bytes_of(secret), &length) == 1 && length == key_size);
    shared_ = base::secret(secret);
    base::wipe(secret);
    return {};
}

base::secret sas_keys::bytes(std::string_view info, std::size_t count) const { return hkdf_sha256(shared_, info, count); }

std::string sas_keys::mac(std::string_view info, std::string_view of) const {
    return encoded(hmac_sha256(hkdf_sha256(shared_, info, mac_key_size).reveal(), of));
}

}  // namespace chatrixcd::matrix::crypto
