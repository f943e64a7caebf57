// SPDX-License-Identifier: Apache-2.0
// The words of the enumerations that only the JSON forms need.
#pragma once

#include <optional>
#include <string_view>

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::ci {

std::string_view to_string(parameter_type t) noexcept;
std::optional<parameter_type> parameter_type_from(std::string_view word) noexcept;

}  // namespace chatrixcd::chatops::ci
