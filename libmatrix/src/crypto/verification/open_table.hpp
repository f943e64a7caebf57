// SPDX-License-Identifier: Apache-2.0
// Verifications in rooms in which we have spoken and that are not over: what a restart leaves, so that the others can be told. Called
// inside store closures.
#pragma once

#include <string>
#include <vector>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

struct open_verification {
    std::string request;  // the event that asked
    room_id room;
};

void keep_open(context const& with, open_verification const& of);
void forget_open(context const& with, std::string const& request);
// Those that were kept since then; forgets the others.
std::vector<open_verification> find_open(context const& with, base::time_point since);

}  // namespace chatrixcd::matrix::crypto
