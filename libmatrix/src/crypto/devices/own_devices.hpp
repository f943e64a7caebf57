// SPDX-License-Identifier: Apache-2.0
// The other devices of our own account. The homeserver could have added any of them. Called inside store closures.
#pragma once

#include <vector>

#include "crypto/context.hpp"
#include "crypto/devices/device_table.hpp"

namespace chatrixcd::matrix::crypto {

// Whether it is another device of this account, for which the account's identity vouches, and that identity is known to be ours: this
// device holds it, or somebody has compared it.
bool is_own_and_verified(context const& with, device_row const& device);
// All of which that is true.
std::vector<device_row> verified_own_devices(context const& with);

}  // namespace chatrixcd::matrix::crypto
