// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/config.hpp"

namespace chatrixcd::bot {

// The configuration file of what an interview made, secrets and all, with a comment on what belongs elsewhere.
std::string written(config const& made);

}  // namespace chatrixcd::bot
