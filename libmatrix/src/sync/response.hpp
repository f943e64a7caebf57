// SPDX-License-Identifier: Apache-2.0
// A sync response as values (client-server API, "GET /sync"). Pure; what is malformed in it is left out and counted, for one bad event of a
// foreign server must not stop a room, let alone the account.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include <chatrixcd/matrix/event.hpp>

#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

struct room_update {
    room_id room;
    membership ours = membership::join;
    std::vector<event> state;     // with a state key each; of an invitation: stripped
    std::vector<event> timeline;  // with an id each
    bool limited = false;         // events are missing before the timeline
};

struct sync_batch {
    std::string next_batch;
    std::vector<room_update> rooms;
    std::size_t skipped = 0;  // malformed events and rooms
};

// Error `protocol`: without a next_batch there is no going on.
result<sync_batch> parse_sync(boost::json::object const& answer);

// A page of GET /rooms/{roomId}/messages.
struct history_page {
    std::vector<event> events;
    std::string end;  // empty: there are no more
};
result<history_page> parse_page(boost::json::object const& answer);

}  // namespace chatrixcd::matrix::detail
