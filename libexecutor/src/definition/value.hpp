// SPDX-License-Identifier: Apache-2.0
// One value against one parameter.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/executor/definition.hpp>

namespace chatrixcd::executor {

constexpr std::size_t longest_value = 8192;
constexpr std::size_t longest_patterned_value = 256;

// The value in its one spelling, or error `invalid` that names the parameter, what is wrong and what would be right. The message
// never holds a secret.
base::result<std::string> check_value(parameter const& what, std::string_view given);

// What is wrong with a regular expression; empty if nothing is.
std::string pattern_problem(std::string const& pattern);

}  // namespace chatrixcd::executor
