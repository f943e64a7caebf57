// SPDX-License-Identifier: Apache-2.0
// An entry of matrix.verified: "@you:example.org KEY", the key as the person's client shows it.
#pragma once

#include <string>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/matrix/user_identity.hpp>

namespace chatrixcd::bot {

// Error `invalid`: what is wrong with it.
base::result<matrix::trusted_key> read_verified_entry(std::string const& entry);
// Those that can be read; others are problems of the configuration.
std::vector<matrix::trusted_key> verified_entries(std::vector<std::string> const& entries);

}  // namespace chatrixcd::bot
