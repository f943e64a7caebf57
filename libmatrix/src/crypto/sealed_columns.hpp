// SPDX-License-Identifier: Apache-2.0
// The machine's columns that hold secrets or messages.
#pragma once

#include <array>

#include <chatrixcd/base/sealed_column.hpp>

namespace chatrixcd::matrix::crypto {

namespace sealed_in {
inline constexpr base::sealed_column own_device("own_device", "pickle");
inline constexpr base::sealed_column master("own_identity", "master");
inline constexpr base::sealed_column self_signing("own_identity", "self_signing");
inline constexpr base::sealed_column user_signing("own_identity", "user_signing");
inline constexpr base::sealed_column olm_session("olm_session", "pickle");
inline constexpr base::sealed_column to_device("to_device", "body");
inline constexpr base::sealed_column room_key("room_key", "pickle");
inline constexpr base::sealed_column sending_key("sending_key", "pickle");
inline constexpr base::sealed_column undecrypted("undecrypted", "event");
inline constexpr base::sealed_column backup_key("key_backup", "private_key");
inline constexpr base::sealed_column imported_key("imported_key", "pickle");
}  // namespace sealed_in

inline constexpr std::array sealed_columns = {sealed_in::own_device,   sealed_in::master,      sealed_in::self_signing,
                                              sealed_in::user_signing, sealed_in::olm_session, sealed_in::to_device,
                                              sealed_in::room_key,     sealed_in::sending_key, sealed_in::undecrypted,
                                              sealed_in::backup_key,   sealed_in::imported_key};

}  // namespace chatrixcd::matrix::crypto
