// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::semaphore::detail {

// "2024-10-25T00:05:20.123456789+02:00" or "…Z" (RFC 3339), cut to milliseconds. Nothing for any other text, and for the year 1, which is
// how Go says that there is no time.
std::optional<base::time_point> parse_time(std::string_view text);

}  // namespace chatrixcd::semaphore::detail
