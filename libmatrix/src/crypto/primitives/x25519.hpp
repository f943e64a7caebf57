// SPDX-License-Identifier: Apache-2.0
// A private Curve25519 key, and the secret that it shares with a public one (RFC 7748), on OpenSSL. Throws error_exception(environment)
// if that does not work.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

class x25519_key {
public:
    static x25519_key make(base::random& randomness);
    // Nothing: they are not 32 bytes.
    static std::optional<x25519_key> from_bytes(base::secret bytes);

    // The 32 bytes themselves.
    base::secret const& bytes() const noexcept { return bytes_; }
    // Unpadded Base64.
    std::string const& public_key() const noexcept { return public_key_; }
    // 32 bytes. Nothing: the other key, in Base64, is none, or one of low order, with which anybody knows the secret.
    std::optional<base::secret> agree(std::string_view their_public_key) const;

private:
    explicit x25519_key(base::secret bytes);

    base::secret bytes_;
    std::string public_key_;
};

}  // namespace chatrixcd::matrix::crypto
