// SPDX-License-Identifier: Apache-2.0
// Which membership events a device was sent while it loads members lazily, so that it is not sent them with each message again ("Lazy-
// loading room members"). An entry counts once the device comes back with the token of that answer: an answer that was lost is made again
// in full. Kept in memory: after a restart members are sent once more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "events/viewer.hpp"

namespace chatrixcd::homeserver {

class sent_members {
public:
    // The device begins anew.
    void forget(viewer const& who) { devices_.erase(key_of(who)); }
    // `since`: the events number of the token that the device came with.
    bool has(viewer const& who, std::string const& room, std::string const& user, std::string const& event_id, std::int64_t since) const;
    // `next`: that of the token which the answer carries.
    void put(viewer const& who, std::string const& room, std::string const& user, std::string const& event_id, std::int64_t next);

private:
    // Past these a device, or all, begin anew.
    static constexpr std::size_t most_members = 5000;
    static constexpr std::size_t most_devices = 200;

    struct entry {
        std::string event_id;
        std::int64_t next = 0;
    };
    using members = std::unordered_map<std::string, entry>;

    static std::string key_of(viewer const& who) { return who.user + " " + who.device; }

    std::unordered_map<std::string, members> devices_;
};

}  // namespace chatrixcd::homeserver
