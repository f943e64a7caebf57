// SPDX-License-Identifier: Apache-2.0
// The check of parameters that every server needs and few do by themselves: for prepare() of an adapter.
#pragma once

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::ci {

// The given values and the defaults of the others, in the order of the job's specifications. Error `invalid` names the parameter that is
// unknown, missing or of the wrong type, and what would be right; it never shows the value of a secret.
result<parameter_values> effective_parameters(job const& what, parameter_values const& given);

}  // namespace chatrixcd::chatops::ci
