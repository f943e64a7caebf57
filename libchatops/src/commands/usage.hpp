// SPDX-License-Identifier: Apache-2.0
// How a job is written.
#pragma once

#include <string>

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::commands {

// "!cd run demo deploy version=… [env=staging] [--limit=…] [--dry-run]"; a secret is "token=…" like the rest.
std::string usage_of(std::string const& prefix, std::string const& project, ci::job const& job);

}  // namespace chatrixcd::chatops::commands
