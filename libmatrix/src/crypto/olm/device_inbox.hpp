// SPDX-License-Identifier: Apache-2.0
// What comes to this device from others: keys of rooms, and why there are none. Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/context.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/verification/said.hpp"

namespace chatrixcd::matrix::crypto {

// Room and session of keys that have come.
using session_names = std::set<std::pair<room_id, std::string>>;

class device_inbox {
public:
    device_inbox(context const& with, own_device& own) : with_(with), own_(own) {}

    // An event of a sync response's to_device. What is malformed or forged is left out, and said in complaints().
    void take(boost::json::object const& event);

    session_names const& new_keys() const noexcept { return new_keys_; }
    std::vector<std::string> const& complaints() const noexcept { return complaints_; }
    std::vector<verification_said> take_verifications() { return std::exchange(verifications_, {}); }

private:
    void take_verification(user_id const& sender, std::string type, boost::json::object const& content);
    void take_encrypted(user_id const& sender, boost::json::object const& content);
    void take_room_key(device_event const& event);
    void take_forwarded(device_event const& event);
    void take_withheld(user_id const& sender, boost::json::object const& content);

    context const& with_;
    own_device& own_;
    session_names new_keys_;
    std::vector<std::string> complaints_;
    std::vector<verification_said> verifications_;
};

}  // namespace chatrixcd::matrix::crypto
