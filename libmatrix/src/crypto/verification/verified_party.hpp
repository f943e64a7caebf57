// SPDX-License-Identifier: Apache-2.0
// One of the two who verify each other, with the keys by which it is known: what the other one is asked to believe.
#pragma once

#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix::crypto {

struct verified_party {
    user_id user;
    device_id device;
    std::string ed25519;  // of the device, unpadded Base64
    std::string master;   // of the user's identity; empty: they have none
};

}  // namespace chatrixcd::matrix::crypto
