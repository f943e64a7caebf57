// SPDX-License-Identifier: Apache-2.0
// Curve25519 keys of others, before anything is computed with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatrixcd::matrix::crypto {

// The key in unpadded Base64, as the driver wants it. Nothing if it has not 32 bytes, or is one of the points of low order, with which
// anybody could compute the shared secret (RFC 7748, section 6.1).
std::optional<std::string> checked_curve25519(std::string_view key);

}  // namespace chatrixcd::matrix::crypto
