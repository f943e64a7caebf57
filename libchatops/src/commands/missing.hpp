// SPDX-License-Identifier: Apache-2.0
// Asks for what a run lacks.
#pragma once

#include <optional>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/chatops/command/context.hpp>
#include <chatrixcd/chatops/command/run_target.hpp>

namespace chatrixcd::chatops::commands {

// Both keep the question that they return open; the target must go by its names.

// The question for the first required value that was not given, or for the one that was just answered wrongly. Nothing if there is none to
// be asked: all are there, others are wrong, a secret is missing, or nobody could answer.
std::optional<view> ask_for_missing(context& asked, run_target const& target, ci::job const& job, ci::parameter_values given);

// Says why the CI refused, and asks again for the value that was just answered. Nothing if none was, or if the CI speaks of something else.
std::optional<view> ask_again(context& asked, run_target const& target, ci::parameter_values given, base::error const& why);

}  // namespace chatrixcd::chatops::commands
