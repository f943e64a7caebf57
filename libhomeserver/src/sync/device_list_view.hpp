// SPDX-License-Identifier: Apache-2.0
// Whose device lists a client is to ask for anew, and whose it may forget (client-server API, "Tracking the device list for a user").
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "events/step.hpp"
#include "streams/tokens.hpp"

namespace chatrixcd::homeserver {

struct device_list_view {
    std::vector<std::string> changed;
    std::vector<std::string> left;

    bool empty() const noexcept { return changed.empty() && left.empty(); }
    // As /sync and /keys/changes have it.
    boost::json::object describe() const;
};

// Between two places.
device_list_view view_device_lists(step& s, std::string const& user, sync_token const& from, sync_token const& to);

}  // namespace chatrixcd::homeserver
