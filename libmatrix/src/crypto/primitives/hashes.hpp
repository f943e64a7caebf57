// SPDX-License-Identifier: Apache-2.0
// SHA-256, HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869) and PBKDF2-HMAC-SHA-512 (RFC 8018), on OpenSSL. They throw
// error_exception(environment) if it does not work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

// `length` bytes, at most 8,160. Without a salt, which is the same as one of 32 zero bytes. `info` tells uses of a key apart.
base::secret hkdf_sha256(base::secret const& key, std::string_view info, std::size_t length);
// `length` bytes, of something that people remember. Takes a third of a second for 500,000 rounds.
base::secret pbkdf2_sha512(base::secret const& passphrase, std::string_view salt, std::uint32_t rounds, std::size_t length);
// 32 bytes each.
std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace chatrixcd::matrix::crypto
