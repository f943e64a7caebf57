// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/x25519.hpp"

#include <openssl/evp.h>

#include <memory>
#include <span>
#include <utility>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/driver/curve25519.hpp"
#include "crypto/primitives/checked.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::size_t key_size = 32;

using key_handle = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

key_handle private_handle(base::secret const& key) {
    std::string_view const bytes = key.reveal();
    return {EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes_of(bytes), bytes.size()), EVP_PKEY_free};
}

}  // namespace

x25519_key::x25519_key(base::secret bytes) : bytes_(std::move(bytes)) {
    auto const own = private_handle(bytes_);
    std::string made(key_size, '\0');
    std::size_t length = made.size();
    check(own && EVP_PKEY_get_raw_public_key(own.get(), bytes_of(made), &length) == 1 && length == key_size);
    public_key_ = protocol::encode_base64(std::as_bytes(std::span<char const>(made)));
}

x25519_key x25519_key::make(base::random& randomness) {
    std::string seed(key_size, '\0');
    randomness.fill(std::as_writable_bytes(std::span<char>(seed)));
    base::secret kept(seed);
    base::wipe(seed);
    return x25519_key(std::move(kept));
}

std::optional<x25519_key> x25519_key::from_bytes(base::secret bytes) {
    if (bytes.reveal().size() != key_size) return std::nullopt;
    return x25519_key(std::move(bytes));
}

std::optional<base::secret> x25519_key::agree(std::string_view their_public_key) const {
    auto const checked = checked_curve25519(their_public_key);
    if (!checked) return std::nullopt;
    auto const bytes = protocol::decode_base64(*checked).value();
    auto const* raw = reinterpret_cast<unsigned char const*>(bytes.data());
    key_handle const theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, raw, bytes.size()), EVP_PKEY_free);
    auto const own = private_handle(bytes_);
    check(own != nullptr && theirs != nullptr);
    std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> const context(EVP_PKEY_CTX_new(own.get(), nullptr), EVP_PKEY_CTX_free);
    check(context && EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), theirs.get()) == 1);
    std::string made(key_size, '\0');
    std::size_t length = made.size();
    check(EVP_PKEY_derive(context.get(), bytes_of(made), &length) == 1 && length == key_size);
    base::secret kept(made);
    base::wipe(made);
    return kept;
}

}  // namespace chatrixcd::matrix::crypto
