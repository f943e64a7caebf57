// SPDX-License-Identifier: Apache-2.0
// The versioned JSON form of the values that cross the CI boundary: for the journal, plug-ins out of process, and logs. Each object
// carries "v": 1; a higher number is refused (`unsupported`), unknown fields are ignored, round trips are exact.
#pragma once

#include <boost/json/fwd.hpp>

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::ci {

boost::json::object to_json(project const& value);
boost::json::object to_json(job const& value);
boost::json::object to_json(run_request const& value);
boost::json::object to_json(plan const& value);
boost::json::object to_json(run const& value);

result<project> project_from_json(boost::json::object const& object);
result<job> job_from_json(boost::json::object const& object);
result<run_request> run_request_from_json(boost::json::object const& object);
result<plan> plan_from_json(boost::json::object const& object);
result<run> run_from_json(boost::json::object const& object);

// The word of each phase and outcome, as in the JSON form: "running", "timed_out".
std::string_view to_string(phase p) noexcept;
std::string_view to_string(outcome o) noexcept;
std::optional<phase> phase_from(std::string_view word) noexcept;
std::optional<outcome> outcome_from(std::string_view word) noexcept;

}  // namespace chatrixcd::chatops::ci
