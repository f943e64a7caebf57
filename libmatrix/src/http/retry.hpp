// SPDX-License-Identifier: Apache-2.0
// The policy of base/retry.hpp, and what counts as a homeserver's last word.
#pragma once

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/retry.hpp>

namespace chatrixcd::matrix::detail {

using base::backoff;
using base::may_repeat;

// Whether the homeserver refused a request for good: it will not be accepted later, with nobody changing anything. A 4xx that is not
// Matrix' own, without an errcode, is a proxy's and says nothing about later.
bool is_refusal(base::error const& e) noexcept;

}  // namespace chatrixcd::matrix::detail
