// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>

namespace chatrixcd::base::json {

// The value as an integer: written as one, or as a number without a fraction such as 1.0 or 1e3, up to 2^53, where a double is exact.
std::optional<std::int64_t> integer(boost::json::value const& value);

}  // namespace chatrixcd::base::json
