// SPDX-License-Identifier: Apache-2.0
// Rows of the events table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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
// Threads of a room whose latest event is older than `before`, the liveliest first.
struct thread_row {
    std::string root;
    std::int64_t latest = 0;  // stream number of its latest event
};
std::vector<thread_row> threads_of(base::transaction& db, std::string const& room, std::int64_t before, std::int64_t limit);
// Whether somebody sent an event that relates to this one in that way.
bool has_related(base::transaction& db, std::string const& event_id, std::string const& rel_type, std::string const& sender);
// From a time on, or back from it; those of the same time by arrival.
std::vector<stored_event> events_by_time(base::transaction& db, std::string const& room, std::int64_t when, bool backwards,
                                         std::int64_t limit);
// Those of some types in all rooms that arrived before, the latest first.
std::vector<stored_event> events_of_types(base::transaction& db, std::vector<std::string> const& types, std::int64_t before,
                                          std::int64_t limit);
// How many events relate to this one, by the way in which.
std::vector<std::pair<std::string, std::int64_t>> count_relations(base::transaction& db, std::string const& event_id);
// Those that relate in that way, the latest first.
std::vector<stored_event> latest_related(base::transaction& db, std::string const& event_id, std::string const& rel_type,
                                         std::int64_t limit);
// Somebody's m.annotation events on this one, the latest first; at most 100.
std::vector<stored_event> annotations_by(base::transaction& db, std::string const& event_id, std::string const& sender);
// The last event of the room that had arrived by then.
std::optional<stored_event> last_event(base::transaction& db, std::string const& room, std::int64_t up_to);

}  // namespace chatrixcd::homeserver
