// SPDX-License-Identifier: Apache-2.0
// Spaces: rooms that hold rooms (client-server API, "Spaces"). Anybody with the power to do so names any room a child or a parent: what a
// space says of a room is a hint, and grants nothing.
#pragma once

#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// A room that a space holds.
struct space_child {
    room_id room;
    std::vector<std::string> via;  // servers to join it through; at least one
    std::string order;             // empty: none, or none that is valid
    bool suggested = false;
};

// A space that a room says it belongs to. It is one only if the space names the room a child, or whoever sent this may do that there.
struct space_parent {
    room_id room;
    std::vector<std::string> via;
    bool canonical = false;
    user_id sender;
};

}  // namespace chatrixcd::matrix
