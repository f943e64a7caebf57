// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::chatops::journal {

// SHA-256 in lower-case hexadecimal: 64 characters.
std::string sha256_hex(std::string_view bytes);

}  // namespace chatrixcd::chatops::journal
