// SPDX-License-Identifier: Apache-2.0
// Messages from device to device, each kept until its device has asked for what comes after it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct device_message {
    std::string sender;
    std::string type;
    boost::json::object content;
    std::int64_t stream = 0;
};

void put_device_message(base::transaction& db, std::string const& user, std::string const& device, device_message const& message);
// The oldest first.
std::vector<device_message> device_messages(base::transaction& db, std::string const& user, std::string const& device, std::int64_t after,
                                            std::int64_t limit);
// The device has those up to there.
void delete_device_messages(base::transaction& db, std::string const& user, std::string const& device, std::int64_t up_to);

}  // namespace chatrixcd::homeserver
