// SPDX-License-Identifier: Apache-2.0
// Which events of a room a user may see ("Room History Visibility"): decided by the state at each event, not by the state now.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <chatrixcd/base/error.hpp>

#include "events/state_groups.hpp"
#include "events/step.hpp"
#include "store/events.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

class visibility {
public:
    // Lives no longer than the step.
    visibility(step& s, std::string room, std::string user);

    // Whether the user could see anything at all: is or was a member, or anybody may read.
    bool may_enter();
    bool may_see(stored_event const& event);

private:
    // What counts, of the state in a group.
    struct situation {
        std::string history;
        std::string membership;
    };

    situation const& at(std::int64_t group);
    bool allows(situation const& in, stored_event const& event) const;

    step& step_;
    std::string room_;
    std::string user_;
    std::optional<membership_row> member_;
    std::map<std::int64_t, situation> situations_;
};

// The state group that shows the room to this user: the present one to a member, the one at their leaving to who was one.
// Error: forbidden (neither).
base::result<std::int64_t> readable_state(step& s, std::string const& room, std::string const& user);

}  // namespace chatrixcd::homeserver
