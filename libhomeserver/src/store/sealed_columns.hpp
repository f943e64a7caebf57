// SPDX-License-Identifier: Apache-2.0
// The columns of homeserver.db that hold secrets and what people said or uploaded. Their names are part of their keys and stay.
#pragma once

#include <vector>

#include <chatrixcd/base/sealed_column.hpp>

namespace chatrixcd::homeserver {

namespace sealed_in {
inline constexpr base::sealed_column server("server", "value");
inline constexpr base::sealed_column password("users", "password");
inline constexpr base::sealed_column account_data("account_data", "body");
inline constexpr base::sealed_column event("events", "body");
inline constexpr base::sealed_column profile("profile_fields", "value");
inline constexpr base::sealed_column presence("presence", "status");
inline constexpr base::sealed_column to_device("to_device", "body");
inline constexpr base::sealed_column report("reports", "reason");
inline constexpr base::sealed_column file_name("media", "file_name");
inline constexpr base::sealed_column device_keys("device_keys", "body");
inline constexpr base::sealed_column one_time_key("one_time_keys", "body");
inline constexpr base::sealed_column fallback_key("fallback_keys", "body");
inline constexpr base::sealed_column cross_signing("cross_signing_keys", "body");
inline constexpr base::sealed_column backup("key_backups", "auth_data");
inline constexpr base::sealed_column backed_up("backed_up_keys", "session_data");
}  // namespace sealed_in

// All of them: for base::store_options.
std::vector<base::sealed_column> sealed_columns();

}  // namespace chatrixcd::homeserver
