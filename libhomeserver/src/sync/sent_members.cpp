// SPDX-License-Identifier: Apache-2.0
#include "sync/sent_members.hpp"

namespace chatrixcd::homeserver {

bool sent_members::has(viewer const& who, std::string const& room, std::string const& user, std::string const& event_id,
                       std::int64_t since) const {
    auto const device = devices_.find(key_of(who));
    if (device == devices_.end()) return false;
    auto const place = device->second.find(room + " " + user);
    return place != device->second.end() && place->second.event_id == event_id && place->second.next <= since;
}

void sent_members::put(viewer const& who, std::string const& room, std::string const& user, std::string const& event_id,
                       std::int64_t next) {
    if (devices_.size() >= most_devices && !devices_.contains(key_of(who))) devices_.clear();
    auto& device = devices_[key_of(who)];
    if (device.size() >= most_members) device.clear();
    device.insert_or_assign(room + " " + user, entry{event_id, next});
}

}  // namespace chatrixcd::homeserver
