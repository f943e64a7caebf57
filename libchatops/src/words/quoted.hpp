// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::chatops::text {

// A user's word inside a message of ours: in backticks, on one line, cut to 60 columns.
std::string quoted(std::string_view word);

// A word as it must be written in a command line to be read as it is: in quotes if need be.
std::string as_argument(std::string_view word);

}  // namespace chatrixcd::chatops::text
