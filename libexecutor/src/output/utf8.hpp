// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::executor {

// The bytes as UTF-8: what is not valid (Unicode 15, table 3-7) and NUL become U+FFFD, one for each byte.
std::string to_utf8(std::string_view bytes);

}  // namespace chatrixcd::executor
