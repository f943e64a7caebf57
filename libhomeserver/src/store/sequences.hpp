// SPDX-License-Identifier: Apache-2.0
// Counters that only grow. A number is drawn inside the transaction that uses it, so numbers become visible in order.
#pragma once

#include <cstdint>
#include <string_view>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver::sequences {

inline constexpr std::string_view events = "events";
inline constexpr std::string_view receipts = "receipts";
inline constexpr std::string_view account_data = "account_data";
inline constexpr std::string_view state_groups = "state_groups";
inline constexpr std::string_view filters = "filters";
inline constexpr std::string_view to_device = "to_device";
inline constexpr std::string_view presence = "presence";
inline constexpr std::string_view reports = "reports";
inline constexpr std::string_view keys = "keys";
inline constexpr std::string_view one_time_keys = "one_time_keys";

// Draws the next number; the first is 1.
std::int64_t next(base::transaction& db, std::string_view name);
// The last number drawn; 0 if none was.
std::int64_t last(base::transaction& db, std::string_view name);

}  // namespace chatrixcd::homeserver::sequences
