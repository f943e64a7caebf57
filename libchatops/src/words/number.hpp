// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace chatrixcd::chatops::text {

// Whether a word is digits alone: the number of something.
inline bool is_number(std::string_view word) noexcept {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace chatrixcd::chatops::text
