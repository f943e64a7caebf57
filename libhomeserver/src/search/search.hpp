// SPDX-License-Identifier: Apache-2.0
// Looking for words in the messages, names and topics that a user may see (client-server API, "Server Side Search"). There is no index:
// it would lay open beside the sealed bodies what they say. The latest events are looked through, a bounded number a request.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <chatrixcd/base/error.hpp>

#include "events/client_format.hpp"
#include "events/event_filter.hpp"
#include "events/step.hpp"
#include "store/events.hpp"

namespace chatrixcd::homeserver {

struct search_wish {
    // Of the category room_events. Error `invalid`, naming the member.
    static base::result<search_wish> read(boost::json::object const& criteria);

    std::vector<std::string> words;
    std::vector<std::string> keys;  // content.body, content.name, content.topic
    event_filter filter;
    bool by_rank = true;
    // Where a page that began with `next_batch` goes on; only by recency.
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
};

struct search_hit {
    stored_event event;
    double rank = 0;
};

struct search_results {
    std::vector<search_hit> hits;  // in the wanted order, at most the filter's limit
    std::size_t count = 0;         // how many there are, of those looked at
    std::int64_t rest = 0;         // where to go on; 0: there is nothing more
};

search_results search_events(step& s, viewer const& who, search_wish const& wish);

}  // namespace chatrixcd::homeserver
