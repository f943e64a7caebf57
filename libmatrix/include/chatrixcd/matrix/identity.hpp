// SPDX-License-Identifier: Apache-2.0
// How this client's device stands to its account's identity (client-server API, "Cross-signing").
#pragma once

#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

class own_identity_state {
public:
    own_identity_state() = default;

    device_id device;
    // The device's Ed25519 key, in unpadded Base64: what people compare.
    std::string fingerprint;
    // The account's identity says that the device is its own. Without it strict clients hide what the device says, and give it no keys.
    bool is_cross_signed = false;
    // The identity lies in the account's secret storage, under the recovery key that this client was given.
    bool is_recoverable = false;
    // What is missing, why, and what to do, in one line; empty: nothing.
    std::string problem;
};

}  // namespace chatrixcd::matrix
