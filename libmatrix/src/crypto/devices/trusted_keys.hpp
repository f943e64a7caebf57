// SPDX-License-Identifier: Apache-2.0
// The keys by which users are known from elsewhere (matrix/user_identity.hpp says what they stand for). Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include <chatrixcd/matrix/user_identity.hpp>

#include "crypto/context.hpp"
#include "crypto/keys/cross_signing_keys.hpp"

namespace chatrixcd::matrix::crypto {

// These and no others, from now on. Users of new ones are to be asked about.
void set_trusted_keys(context const& with, std::vector<trusted_key> const& keys);
// Once a query's answer about the user is taken in: which identity their keys stand for now. `master`: the answer's object, of which
// `keys` were read; null: there is none. Returns a line for each key that stands for nothing.
std::vector<std::string> weigh_trusted_keys(context const& with, user_id const& user, boost::json::object const* master,
                                            user_keys const& keys);

bool is_trusted_identity(context const& with, user_id const& user, std::string const& master);
// Of a device that its user's identity signs.
bool is_trusted_device(context const& with, user_id const& user, std::string const& ed25519);

}  // namespace chatrixcd::matrix::crypto
