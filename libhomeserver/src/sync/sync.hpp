// SPDX-License-Identifier: Apache-2.0
// The answer to one look of /sync: what is new to a device since a token, as one consistent picture (one store closure).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "events/client_format.hpp"
#include "events/event_filter.hpp"
#include "events/step.hpp"
#include "streams/tokens.hpp"
#include "streams/typing.hpp"

namespace chatrixcd::homeserver {

struct sync_question {
    viewer who;
    // None: the initial sync.
    std::optional<sync_token> since;
    sync_filter filter;
    bool full_state = false;
    // The state at the end of the timeline instead of that before it ("use_state_after").
    bool state_after = false;
    // Where the answer leads.
    sync_token next;
    // The typing lists that changed since the token (or all), and the number to put into the next one.
    typing_lists::lists typing;
    std::int64_t typing_number = 0;
};

struct sync_answer {
    boost::json::object body;
    // Nothing is new: worth waiting.
    bool empty = true;
    // Whose waking may change that: the user and the rooms that they are in.
    std::vector<std::string> keys;
};

// Where the streams end now; typing is not among them.
sync_token newest(step& s);
// A token may not be ahead of that.
bool is_past(sync_token const& token, sync_token const& end);

sync_answer look(step& s, sync_question question);

}  // namespace chatrixcd::homeserver
