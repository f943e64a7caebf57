// SPDX-License-Identifier: Apache-2.0
// The tables of chatops.db. Migrations are only ever added.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::chatops::journal {

std::vector<base::migration> migrations();

// Times are stored as milliseconds since 1970, UTC.
inline std::int64_t to_column(base::time_point when) { return when.time_since_epoch().count(); }
inline base::time_point time_from_column(std::int64_t ms) { return base::time_point(std::chrono::milliseconds(ms)); }

}  // namespace chatrixcd::chatops::journal
