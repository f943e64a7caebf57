// SPDX-License-Identifier: Apache-2.0
// SHA-256, HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869), on OpenSSL. They throw error_exception(environment) if it does not work.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

// `length` bytes, at most 8,160. Without a salt, which is the same as one of 32 zero bytes. `info` tells uses of a key apart.
base::secret hkdf_sha256(base::secret const& key, std::string_view info, std::size_t length);
// 32 bytes each.
std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace chatrixcd::matrix::crypto
