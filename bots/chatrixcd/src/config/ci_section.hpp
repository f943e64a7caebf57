// SPDX-License-Identifier: Apache-2.0
// The `ci` section: a list of servers, of which a local executor brings its projects and jobs along.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/diagnostics.hpp"
#include "hjson/node.hpp"

namespace chatrixcd::bot {

std::vector<ci_config> read_ci_section(hjson::node const& section, diagnostics& out);

}  // namespace chatrixcd::bot
