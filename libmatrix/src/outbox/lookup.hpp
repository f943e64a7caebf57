// SPDX-License-Identifier: Apache-2.0
// Whether a message that may have been sent is in the room: homeservers forget transaction ids after a while and with the device.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>

#include "http/api.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

// The member of every content that we send which holds its key.
inline constexpr std::string_view key_member = "org.chatrixcd.key";

using found_keys = std::map<std::string, event_id>;

// Reads the room's history backwards for events of `me` with one of the keys: until all are found, to an hour before the oldest was queued,
// and at most 10,000 events in 40 requests, which answer for everything that waits in the room. Errors as any request's.
boost::asio::awaitable<result<found_keys>> look_up(api& homeserver, room_id room, old_keys wanted, user_id me, base::clock& time);

// The short way for what is about another event: one request for a redaction (has the event been redacted by `me`?), and for an edit or a
// reaction the events that relate to its target, at most 1,000. `answered` is false if the homeserver does not offer that.
struct relation_answer {
    bool answered = false;
    std::optional<event_id> found;
};
bool is_about_another(outbox_row const& row);
boost::asio::awaitable<result<relation_answer>> look_up_relation(api& homeserver, outbox_row row, user_id me, base::clock& time);

}  // namespace chatrixcd::matrix::detail
