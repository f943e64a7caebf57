// SPDX-License-Identifier: Apache-2.0
// The environment of the process: for main() and what stands in for it. The depths are handed a lookup.
#pragma once

#include <optional>
#include <string>

namespace chatrixcd::base {

// Nothing if it is not set.
std::optional<std::string> environment_variable(std::string const& name);

}  // namespace chatrixcd::base
