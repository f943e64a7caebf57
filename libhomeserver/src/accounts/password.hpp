// SPDX-License-Identifier: Apache-2.0
// Passwords at rest: scrypt (RFC 7914), with its cost and salt kept beside each hash.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::homeserver {

inline constexpr std::size_t salt_bytes = 16;

// "scrypt$COST$SALT$HASH"; N = 2^cost, r = 8, p = 1. Takes about 2^cost microseconds and 2^cost KiB: not for the loop.
std::string hash_password(base::secret const& password, std::span<std::byte const, salt_bytes> salt, unsigned cost);
// Whether it is that password; compares in constant time. False for anything that hash_password() did not write.
bool check_password(base::secret const& password, std::string const& stored);

}  // namespace chatrixcd::homeserver
