// SPDX-License-Identifier: Apache-2.0
// How this client's device stands to its account's identity (client-server API, "Cross-signing").
#pragma once

#include <cstdint>
#include <optional>
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

// What client::replace_identity() has come to.
class replaced_identity {
public:
    replaced_identity() = default;

    // The account's master key by now, in unpadded Base64.
    std::string master_key;
    // It is a new one. Else this device held what the homeserver shows, and there was nothing to replace.
    bool was_replaced = false;
    // The recovery key that was handed in opens the account's secret storage by now; else that of options::recovery() does, as before.
    bool has_fresh_key = false;
};

// How much encryption keeps. For people.
class encryption_figures {
public:
    encryption_figures() = default;

    // Of this device's one-time keys, those that the homeserver has left; nothing: it has not said.
    std::optional<std::int64_t> one_time_keys;
    std::int64_t users = 0;           // whose devices are known
    std::int64_t verified_users = 0;  // of those, whose identity is verified
    std::int64_t devices = 0;         // of others and of ourselves
    std::int64_t olm_sessions = 0;    // with devices
    std::int64_t room_keys = 0;       // that were received
    std::int64_t unread = 0;          // messages that wait for their keys
};

}  // namespace chatrixcd::matrix
