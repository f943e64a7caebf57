// SPDX-License-Identifier: Apache-2.0
// What a pdu holds.
#pragma once

#include <boost/json/object.hpp>

#include <chatrixcd/protocol/event.hpp>

namespace chatrixcd::protocol {

struct pdu::data {
    room_version version;
    std::string bytes;
    boost::json::object json;
    event_id id;
    room_id room;
    std::string type;
    user_id sender;
    std::optional<std::string> state_key;
    // Points into `json`.
    boost::json::object const* content = nullptr;
    std::vector<event_id> prev_events;
    std::vector<event_id> auth_events;
    std::int64_t depth = 0;
    std::int64_t origin_server_ts = 0;
    std::optional<event_id> redacts;
};

}  // namespace chatrixcd::protocol
