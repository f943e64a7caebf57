// SPDX-License-Identifier: Apache-2.0
// Fingerprints of what must be recognised as the same.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::base {

// SHA-256, as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view data);

}  // namespace chatrixcd::base
