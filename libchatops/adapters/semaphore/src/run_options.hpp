// SPDX-License-Identifier: Apache-2.0
// The options of a run (--limit, --branch, …) that a template lets it set. Those that it does not, Semaphore would drop without a word, and
// the task would run wider than was asked for.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/semaphore/client.hpp>

namespace chatrixcd::chatops::semaphore_ci {

std::vector<ci::parameter_spec> options_of(semaphore::job_template const& of);

// Why an option that is given cannot be, and what would help; nothing if all can.
std::optional<base::error> refused_option(semaphore::job_template const& of, ci::parameter_values const& given);

// Sets an option of a task; false if the name is none. Its inventory is a number already.
bool set_option(semaphore::new_task& in, std::string_view name, std::string const& value);

}  // namespace chatrixcd::chatops::semaphore_ci
