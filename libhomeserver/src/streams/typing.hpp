// SPDX-License-Identifier: Apache-2.0
// Who is typing where. Kept in memory: it is over in seconds. Each change of a room's list has a number, which begins at the time of
// the start so that the numbers of a server's earlier life are smaller.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::homeserver {

class typing_lists {
public:
    explicit typing_lists(base::time_point started) : last_(started.time_since_epoch().count()) {}

    // Until: uptime at which it is over. Returns whether the room's list changed.
    bool start(std::string const& room, std::string const& user, base::duration until);
    bool stop(std::string const& room, std::string const& user);
    // Takes out what is over; returns the rooms whose lists changed.
    std::vector<std::string> expire(base::duration now);
    // When the next entry is over.
    std::optional<base::duration> next_expiry() const;

    using lists = std::map<std::string, std::vector<std::string>>;
    // The lists that changed since, also those that are empty now.
    lists changed_since(std::int64_t number) const;
    std::int64_t last() const noexcept { return last_; }

private:
    struct room_list {
        std::map<std::string, base::duration> until;
        std::int64_t changed = 0;
    };

    std::map<std::string, room_list> rooms_;
    std::int64_t last_;
};

}  // namespace chatrixcd::homeserver
