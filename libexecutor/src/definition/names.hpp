// SPDX-License-Identifier: Apache-2.0
// What things may be called, and how they are quoted in messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::executor {

bool is_name(std::string_view text) noexcept;  // of a project or a job
bool is_parameter_name(std::string_view text) noexcept;
bool is_run_key(std::string_view text) noexcept;

// In quotation marks, cut where it is long.
std::string quoted(std::string_view text);

// The candidate that was probably meant, or an empty view: at most a third of the letters differ, whatever their case.
std::string_view nearest(std::string_view wrong, std::vector<std::string_view> const& candidates);
// `did you mean "x"?`, or `there are: "x", "y"`, or nothing.
std::string suggestion(std::string_view wrong, std::vector<std::string_view> const& candidates);

}  // namespace chatrixcd::executor
