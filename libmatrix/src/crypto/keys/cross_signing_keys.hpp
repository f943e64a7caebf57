// SPDX-License-Identifier: Apache-2.0
// A user's cross-signing keys as a homeserver tells them (client-server API, "Cross-signing"), and what they say of devices. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/matrix/ids.hpp>

#include "crypto/keys/device_keys.hpp"

namespace chatrixcd::matrix::crypto {

// Public keys in unpadded Base64. Of somebody without cross-signing all are empty.
struct user_keys {
    std::string master;
    std::string self_signing;  // signed by the master key
    std::string user_signing;  // likewise; only our own are told

    friend bool operator==(user_keys const&, user_keys const&) = default;
};

// From the three objects of a query's answer, any of which may be missing. What is not what it says, or is not signed by the master key,
// is left out; without a master key nothing is left.
user_keys read_user_keys(boost::json::object const* master, boost::json::object const* self_signing,
                         boost::json::object const* user_signing, user_id const& user);

// Whether the user's self-signing key says that the device is theirs.
bool is_cross_signed(device_keys const& device, user_keys const& by);
// Whether a device has the id of one of its user's cross-signing keys, so that one could be taken for the other.
bool has_id_of_key(device_id const& device, user_keys const& of);

}  // namespace chatrixcd::matrix::crypto
