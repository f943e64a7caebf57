// SPDX-License-Identifier: Apache-2.0
// Lies that a homeserver can tell in an answer to GET /sync, for fault::lie(). Each returns a function that rewrites the answer.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>

namespace chatrixcd::homeserver::testing::lies {

using rewrite = std::function<void(boost::json::object&)>;

// Every timeline has the events of the timelines before once more, as if they had just been sent (the last 100 of each room).
rewrite repeat_events();
// The timeline of `room` ends with this event (JSON text), whoever sent it where. The room is made up if it is not there.
rewrite add_event(std::string room, std::string event);
// As above, with an m.room.member event that `user` never sent.
rewrite forge_membership(std::string room, std::string user, std::string membership);
// As above, with an m.reaction to that event that `user` never sent.
rewrite forge_reaction(std::string room, std::string user, std::string event, std::string symbol);
// Whatever is no state in the timelines of `room` has this m.relates_to (JSON text), which stands in clear in encrypted events, too.
rewrite forge_relation(std::string room, std::string relation);

}  // namespace chatrixcd::homeserver::testing::lies
