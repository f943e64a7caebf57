// SPDX-License-Identifier: Apache-2.0
// Asks for what a run lacks.
#pragma once

#include <optional>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/chatops/command/context.hpp>
#include <chatrixcd/chatops/command/run_target.hpp>

namespace chatrixcd::chatops::commands {

// The question for the first required value that was not given, or for the one that was just answered wrongly; it is kept open. Nothing
// if there is none to be asked: all are there, others are wrong, a secret is missing, or nobody could answer. The target must go by its
// names.
std::optional<view> ask_for_missing(context& asked, run_target const& target, ci::job const& job, ci::parameter_values given);

}  // namespace chatrixcd::chatops::commands
