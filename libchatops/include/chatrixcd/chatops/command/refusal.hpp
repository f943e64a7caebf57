// SPDX-License-Identifier: Apache-2.0
// An error as people are shown it: what, why, what next.
#pragma once

#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

// Text in which `…` marks code, as spans. Backticks without a partner stay.
line line_of(std::string_view text);

// The error's message, the server's words (cut to 300 columns, in quotes) and the hint.
view refusal(base::error const& why);

}  // namespace chatrixcd::chatops
