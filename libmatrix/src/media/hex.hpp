// SPDX-License-Identifier: Apache-2.0
// Bytes as lower-case hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::matrix::detail {

std::string to_hex(std::string_view bytes);
// What is no digit counts as 0: for what to_hex() has made.
std::string from_hex(std::string_view digits);

}  // namespace chatrixcd::matrix::detail
