// SPDX-License-Identifier: Apache-2.0
// How a job is written.
#pragma once

#include <string>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/chatops/command/context.hpp>

namespace chatrixcd::chatops::commands {

// "!cd run demo deploy version=… [env=staging] [--limit=…] [--dry-run]", as it is written where that is asked. A secret is in it only where
// others do not read it.
std::string usage_of(context const& asked, std::string const& project, ci::job const& job);

}  // namespace chatrixcd::chatops::commands
