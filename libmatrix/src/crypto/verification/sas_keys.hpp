// SPDX-License-Identifier: Apache-2.0
// The two ephemeral Curve25519 keys of a SAS verification, and what follows from them (client-server API, "Short Authentication String
// (SAS) verification": curve25519-hkdf-sha256, hkdf-hmac-sha256.v2 and its faulty predecessor). Pure.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

#include "crypto/primitives/x25519.hpp"

namespace chatrixcd::matrix::crypto {

class sas_keys {
public:
    explicit sas_keys(base::random& randomness) : own_(x25519_key::make(randomness)) {}

    // Unpadded Base64.
    std::string const& public_key() const noexcept { return own_.public_key(); }
    // Error `invalid`: the other's key is none, or one of low order, with which anybody knows the secret.
    base::result<void> agree(std::string_view their_key);

    // Once agreed.
    base::secret bytes(std::string_view info, std::size_t count) const;
    // In unpadded Base64.
    std::string mac(std::string_view info, std::string_view of) const;
    // As libolm once wrote it (faulty_base64.hpp).
    std::string old_mac(std::string_view info, std::string_view of) const;

private:
    std::string mac_bytes(std::string_view info, std::string_view of) const;

    x25519_key own_;
    base::secret shared_;
};

}  // namespace chatrixcd::matrix::crypto
