// SPDX-License-Identifier: Apache-2.0
// The identity keys that devices published, as they came.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct device_keys {
    std::string device;
    std::optional<std::string> display_name;
    boost::json::object body;
};

// Takes the place of earlier ones. False if these are known already. Where the keys themselves are others, the signatures on them are gone.
bool put_device_keys(base::transaction& db, std::string const& user, std::string const& device, boost::json::object const& keys);
std::optional<boost::json::object> find_device_keys(base::transaction& db, std::string const& user, std::string const& device);
// Of every device that has some, the oldest device first.
std::vector<device_keys> device_keys_of(base::transaction& db, std::string const& user);
// All keys of a device, those for one use too, and the signatures on and by them. True if others may have known the device by them.
bool delete_keys_of_device(base::transaction& db, std::string const& user, std::string const& device);

}  // namespace chatrixcd::homeserver
