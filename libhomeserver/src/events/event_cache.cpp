// SPDX-License-Identifier: Apache-2.0
#include "events/event_cache.hpp"

namespace chatrixcd::homeserver {

std::optional<protocol::pdu> event_cache::find(std::string const& event_id) const {
    auto const place = events_.find(event_id);
    if (place == events_.end()) return std::nullopt;
    return place->second;
}

void event_cache::put(protocol::pdu const& event) {
    // What is in use comes back at once; counting uses would cost more than parsing some events again.
    if (events_.size() >= capacity) events_.clear();
    events_.emplace(event.id().str(), event);
}

}  // namespace chatrixcd::homeserver
