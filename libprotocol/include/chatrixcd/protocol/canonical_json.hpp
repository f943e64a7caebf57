// SPDX-License-Identifier: Apache-2.0
// Canonical JSON (appendices, "Canonical JSON"; enforced strictly since room version 6): the one byte sequence of a value that is
// hashed and signed. Keys sorted by code point, no white space, the shortest escapes, UTF-8 kept as it is.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::protocol {

// Integers beyond ±(2^53 - 1) are no canonical JSON.
inline constexpr std::int64_t max_json_integer = 9007199254740991;
// Values nested deeper than this many arrays and objects are refused.
inline constexpr std::size_t max_json_depth = 100;

// Errors, all `invalid`: a number that is no integer in range (1.0 and 1e3, which parse as doubles, are refused as well), a string or
// key that is no valid UTF-8, nesting deeper than max_json_depth.
base::result<std::string> canonical_json(boost::json::value const& value);
base::result<std::string> canonical_json(boost::json::object const& value);

}  // namespace chatrixcd::protocol
