// SPDX-License-Identifier: Apache-2.0
// Dates in HTTP fields.
#pragma once

#include <optional>
#include <string_view>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::base::http {

// The three forms of RFC 9110, 5.6.7. Years of two digits are taken for 1970 to 2069.
std::optional<time_point> parse_date(std::string_view text);

}  // namespace chatrixcd::base::http
