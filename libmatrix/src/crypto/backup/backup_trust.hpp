// SPDX-License-Identifier: Apache-2.0
// Whether a backup that the homeserver shows is our own (client-server API, "Server-side key backups"), and the words by which others see
// that one of ours is. Called inside store closures.
#pragma once

#include <boost/json/object.hpp>

#include <chatrixcd/matrix/key_backup.hpp>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// Who vouches for `auth_data`: the private key, if the store holds that of `public_key`; else a signature of the identity that the store
// holds, of this device, or of another device of ours for which that identity vouches.
backup_voucher voucher_of(context const& with, std::string const& public_key, boost::json::object const& auth_data);
// Signed by this device and by the identity that the store holds.
boost::json::object own_auth_data(context const& with, std::string const& public_key);

}  // namespace chatrixcd::matrix::crypto
