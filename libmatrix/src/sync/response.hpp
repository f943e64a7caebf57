// SPDX-License-Identifier: Apache-2.0
// A sync response as values (client-server API, "GET /sync"). Pure; what is malformed in it is left out and counted, for one bad event of a
// foreign server must not stop a room, let alone the account.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/room_table.hpp"
#include "sync/document.hpp"
#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

// How many are in a room, and who stands for it when it has no name. What did not change is not there.
struct room_summary {
    std::optional<std::int64_t> joined;
    std::optional<std::int64_t> invited;
    std::optional<std::vector<std::string>> heroes;
};

struct room_update {
    room_id room;
    membership ours = membership::join;
    std::vector<raw_event> state;     // with a state key each; of an invitation: stripped
    std::vector<raw_event> timeline;  // with an id each
    // The state is that behind the timeline (MSC4222): the timeline's own state events say nothing about what is current.
    bool state_is_final = false;
    bool limited = false;    // events are missing before the timeline
    std::string prev_batch;  // where the timeline begins
    room_summary summary;
};

// What is said to this device, and about others (client-server API, "Extensions to /sync" of sending to devices and of encryption).
struct device_news {
    std::vector<boost::json::object const*> events;  // in their order
    std::vector<user_id> changed;
    std::vector<user_id> left;
    std::optional<std::int64_t> one_time_keys;  // signed_curve25519; not said: none
    std::optional<bool> has_fallback;           // not said: the homeserver knows no fallback keys
};

// Looks into `source`.
struct sync_batch {
    std::string next_batch;
    std::vector<room_update> rooms;
    device_news devices;
    std::size_t skipped = 0;  // malformed events and rooms
    std::shared_ptr<document const> source;
};

// Error `protocol`: no JSON, or without a next_batch, without which there is no going on.
result<sync_batch> parse_sync(std::string_view answer);

// A page of GET /rooms/{roomId}/messages.
struct history_page {
    std::vector<raw_event> events;
    std::string end;  // empty: there are no more
    std::shared_ptr<document const> source;
};
result<history_page> parse_page(std::string_view answer);

}  // namespace chatrixcd::matrix::detail
