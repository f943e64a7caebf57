// SPDX-License-Identifier: Apache-2.0
#include "events/timeline.hpp"

#include <algorithm>
#include <utility>

namespace chatrixcd::homeserver {

namespace {

constexpr std::size_t most_scanned = 2000;

// Up to `count` events from a place on.
using fetcher = std::function<std::vector<stored_event>(position from, std::int64_t count)>;

timeline_page collect(fetcher const& fetch, position from, bool backwards, std::int64_t limit, event_predicate const& accepts) {
    timeline_page page;
    page.end = from;
    // One more than wanted tells whether there is more.
    auto const batch_size = std::max<std::int64_t>(limit + 1, 20);
    for (std::size_t scanned = 0; scanned < most_scanned;) {
        auto batch = fetch(page.end, batch_size);
        bool const last = static_cast<std::int64_t>(batch.size()) < batch_size;
        scanned += batch.size();
        for (auto& event : batch) {
            auto const wanted = accepts(event);
            if (wanted && static_cast<std::int64_t>(page.events.size()) == limit) {
                page.more = true;
                return page;
            }
            page.end = backwards ? before(event) : event.where;
            if (wanted) page.events.push_back(std::move(event));
        }
        if (last) return page;
    }
    page.more = true;
    return page;
}

}  // namespace

timeline_page walk_history(step& s, std::string const& room, span which, event_predicate const& accepts) {
    auto const fetch = [&](position from, std::int64_t count) {
        return events_by_depth(s.db, room, {from, which.to, which.backwards, count});
    };
    return collect(fetch, which.from, which.backwards, which.limit, accepts);
}

timeline_page walk_relations(step& s, std::string const& event_id, span which, event_predicate const& accepts) {
    auto const fetch = [&](position from, std::int64_t count) {
        return related_events(s.db, event_id, {from, which.to, which.backwards, count});
    };
    return collect(fetch, which.from, which.backwards, which.limit, accepts);
}

timeline_page walk_recent(step& s, std::string const& room, std::int64_t after, std::int64_t up_to, std::int64_t limit,
                          event_predicate const& accepts) {
    auto const fetch = [&](position from, std::int64_t count) { return events_by_arrival(s.db, room, after, from.stream, count); };
    return collect(fetch, position{0, up_to}, /*backwards=*/true, limit, accepts);
}

position before(stored_event const& event) { return {event.where.depth, event.where.stream - 1}; }

}  // namespace chatrixcd::homeserver
