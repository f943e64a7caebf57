// SPDX-License-Identifier: Apache-2.0
// Whose identity is known to be theirs. Called inside store closures.
#pragma once

#include <string>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// The identity that was proved is the user's, whatever was seen before.
void keep_verified(context const& with, user_id const& user, std::string const& master);
// Or that is known by a trusted key.
bool is_verified(context const& with, user_id const& user, std::string const& master);

}  // namespace chatrixcd::matrix::crypto
