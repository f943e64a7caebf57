// SPDX-License-Identifier: Apache-2.0
// The executor's values in the words of the port, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/executor/definition.hpp>
#include <chatrixcd/executor/run.hpp>

namespace chatrixcd::chatops::executor_ci {

ci::project to_port(executor::project const& what);
ci::job to_port(executor::project const& in, executor::job const& what);
ci::run to_port(executor::run const& what);
ci::log_chunk to_port(executor::output_lines lines);

// Decimal digits of a number that fits; nothing for any other text.
std::optional<std::int64_t> to_number(std::string_view text);
// Error not_found if the text is no id of ours.
ci::result<executor::run_id> to_run_id(ci::run_id const& id);

}  // namespace chatrixcd::chatops::executor_ci
