// SPDX-License-Identifier: Apache-2.0
// A device's keys as they are published (client-server API, "Device keys"): read from what others signed, and written for our own. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include <chatrixcd/matrix/ids.hpp>

#include "crypto/driver/driver.hpp"

namespace chatrixcd::matrix::crypto {

struct device_keys {
    user_id user;
    device_id device;
    std::string curve25519;
    std::string ed25519;
    bool knows_megolm = false;
    std::string name;  // from `unsigned`: whatever the homeserver says
    boost::json::object raw;
};

// What is said to be the keys of `device` of `user`. Error `invalid`: they name another user or device, a key is missing or unusable, or
// the device's own signature is missing or wrong.
result<device_keys> read_device_keys(boost::json::object from, user_id const& user, device_id const& device);
// As above, of whatever user and device they name.
result<device_keys> read_device_keys(boost::json::object from);
// Our own, signed by the account.
boost::json::object own_device_keys(account& own, user_id const& me, device_id const& device);

// Adds the account's signature to an object; what is signed is canonical JSON.
void sign_with(account& own, boost::json::object& object, user_id const& me, device_id const& device);

// A signed one-time or fallback key ("KeyObject"). Error `invalid`: no usable key, or not signed by that device.
result<std::string> read_signed_key(boost::json::object const& from, device_keys const& of);
boost::json::object signed_key(account& own, std::string const& key, bool is_fallback, user_id const& me, device_id const& device);

}  // namespace chatrixcd::matrix::crypto
