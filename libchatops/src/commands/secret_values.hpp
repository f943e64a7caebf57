// SPDX-License-Identifier: Apache-2.0
// Secrets are not for rooms.
#pragma once

#include <optional>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::commands {

// Why a job is not started from a room where others read: a secret was given there, or one is needed.
std::optional<base::error> secret_in_room(ci::job const& job, ci::parameter_values const& given);

// Whether what was given is certainly no secret: a misspelt name may have been meant for one.
bool is_without_secrets(ci::job const& job, ci::parameter_values const& given);

}  // namespace chatrixcd::chatops::commands
