// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace chatrixcd::chatops::journal {

// The text of a JSON value, as valid UTF-8 whatever a CI put into it: otherwise a row could be written that nobody can read again.
std::string json_text(boost::json::value const& value);

}  // namespace chatrixcd::chatops::journal
