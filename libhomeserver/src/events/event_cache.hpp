// SPDX-License-Identifier: Apache-2.0
// Parsed events by id, so that the few events that authorise every message are not parsed for each. An id is a hash of its event:
// an entry cannot become wrong, not even if the transaction that it was read in is rolled back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include <chatrixcd/protocol/event.hpp>

namespace chatrixcd::homeserver {

class event_cache {
public:
    std::optional<protocol::pdu> find(std::string const& event_id) const;
    void put(protocol::pdu const& event);

private:
    static constexpr std::size_t capacity = 4096;

    std::unordered_map<std::string, protocol::pdu> events_;
};

}  // namespace chatrixcd::homeserver
