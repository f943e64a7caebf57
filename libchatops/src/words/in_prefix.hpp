// SPDX-License-Identifier: Apache-2.0
// A command as it is to be typed.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::chatops::text {

// "!cd" and "help run": "!cd help run". Where no prefix is typed, it is empty.
inline std::string in_prefix(std::string_view prefix, std::string_view words) {
    if (prefix.empty()) return std::string(words);
    return std::string(prefix).append(" ").append(words);
}

}  // namespace chatrixcd::chatops::text
