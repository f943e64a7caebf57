// SPDX-License-Identifier: Apache-2.0
// The columns of matrix.db that hold secrets or messages, but for those of the crypto machine. What a column was called when its values
// were sealed is part of their keys: it is never renamed.
#pragma once

#include <vector>

#include <chatrixcd/base/sealed_column.hpp>

namespace chatrixcd::matrix::detail {

namespace sealed_in {
inline constexpr base::sealed_column access_token("account", "access_token");
inline constexpr base::sealed_column refresh_token("account", "refresh_token");
inline constexpr base::sealed_column inbox_event("inbox", "event");
inline constexpr base::sealed_column outbox_content("outbox", "content");
inline constexpr base::sealed_column outbox_ciphertext("outbox", "ciphertext");
}  // namespace sealed_in

// All of matrix.db, those of the crypto machine included: for base::store_options.
std::vector<base::sealed_column> sealed_columns();

}  // namespace chatrixcd::matrix::detail
