// SPDX-License-Identifier: Apache-2.0
// Pages of a room's events that somebody may and wants to see. What is skipped costs as much as what is taken, so a page ends
// after a bounded number of both; its end then says where to go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "events/step.hpp"
#include "store/events.hpp"

namespace chatrixcd::homeserver {

struct timeline_page {
    // In the direction walked.
    std::vector<stored_event> events;
    // There is, or may be, more behind `end`.
    bool more = false;
    position end;
};

using event_predicate = std::function<bool(stored_event const&)>;

// `which` as in events_by_depth(); its limit is that of the page.
timeline_page walk_history(step& s, std::string const& room, span which, event_predicate const& accepts);
timeline_page walk_relations(step& s, std::string const& event_id, span which, event_predicate const& accepts);
// The latest events with after < stream <= up_to, the latest first.
timeline_page walk_recent(step& s, std::string const& room, std::int64_t after, std::int64_t up_to, std::int64_t limit,
                          event_predicate const& accepts);

// The place just before an event.
position before(stored_event const& event);

}  // namespace chatrixcd::homeserver
