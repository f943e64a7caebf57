// SPDX-License-Identifier: Apache-2.0
// Olm sessions that are to be begun anew, because what comes over the old ones cannot be read (client-server API, "Recovering from
// undecryptable messages"). Called inside store closures.
#pragma once

#include <string>
#include <vector>

#include "crypto/context.hpp"
#include "crypto/devices/device_table.hpp"

namespace chatrixcd::matrix::crypto {

// Notes it, at most once an hour for a device: returns zero, or how long it is still too early.
base::duration note_wedged(context const& with, user_id const& user, std::string const& their_key);
// Of those that are noted, `most`; those whose device is gone are forgotten.
std::vector<device_row> find_wedged(context const& with, std::size_t most);
// It was done, or cannot be.
void forget_wedged(context const& with, std::string const& their_key);

}  // namespace chatrixcd::matrix::crypto
