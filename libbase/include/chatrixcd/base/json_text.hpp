// SPDX-License-Identifier: Apache-2.0
// JSON text of what was parsed, as it is stored: without spaces, members in their order.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace chatrixcd::base {

// Appends it. A number that is none becomes null: one beyond a double's range is read as infinite, "0e500" as zero times that, and neither
// is JSON when it is written. Recursion goes as deep as the value, which parsing bounds.
void append_json(std::string& to, boost::json::value const& from);
void append_json(std::string& to, boost::json::object const& from);
// As a JSON string, in quotes; `text` is UTF-8.
void append_json(std::string& to, std::string_view text);

}  // namespace chatrixcd::base
