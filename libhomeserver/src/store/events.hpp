// SPDX-License-Identifier: Apache-2.0
// Rows of the events table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

// Where an event stands in its room's history: by depth, then by arrival.
struct position {
    std::int64_t depth = 0;
    std::int64_t stream = 0;
    friend auto operator<=>(position const&, position const&) = default;
};

struct stored_event {
    position where;
    std::string id;
    std::string room;
    std::string type;
    std::optional<std::string> state_key;
    std::string sender;
    std::int64_t origin_server_ts = 0;
    // State groups (state_groups.hpp); equal unless this is a state event.
    std::int64_t state_before = 0;
    std::int64_t state_after = 0;
    // The event that this one replaced in the state.
    std::optional<std::string> replaces;
    // From content.m.relates_to; gone once the event is redacted.
    std::optional<std::string> relates_to;
    std::optional<std::string> rel_type;
    std::optional<std::string> redacted_by;
    // Of the request that sent it, if one did.
    std::optional<std::string> device;
    std::optional<std::string> transaction_id;
    // Exactly as hashed and signed.
    std::string bytes;
};

void insert_event(base::transaction& db, stored_event const& event);
std::optional<stored_event> find_event(base::transaction& db, std::string const& event_id);
void mark_redacted(base::transaction& db, std::string const& event_id, std::string const& by);

struct span {
    position from;  // included when walking back, excluded when walking forward
    position to;    // the other way round
    bool backwards = true;
    std::int64_t limit = 0;
};

// In the order of the room's history.
std::vector<stored_event> events_by_depth(base::transaction& db, std::string const& room, span const& which);
// The latest first: those with after < stream <= up_to.
std::vector<stored_event> events_by_arrival(base::transaction& db, std::string const& room, std::int64_t after, std::int64_t up_to,
                                            std::int64_t limit);
// Those that relate to an event, in the order of the span; a missing type means any.
std::vector<stored_event> related_events(base::transaction& db, std::string const& event_id, span const& which);
// The last event of the room that had arrived by then.
std::optional<stored_event> last_event(base::transaction& db, std::string const& room, std::int64_t up_to);

}  // namespace chatrixcd::homeserver
