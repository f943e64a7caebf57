// SPDX-License-Identifier: Apache-2.0
// The tables of matrix.db. Every table is keyed by account, though a file holds one today.
#pragma once

#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::matrix::detail {

// The number of the one account.
inline constexpr std::int64_t only_account = 1;

std::vector<base::migration> migrations();

}  // namespace chatrixcd::matrix::detail
