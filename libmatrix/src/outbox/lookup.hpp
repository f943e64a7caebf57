// SPDX-License-Identifier: Apache-2.0
// Whether a message that may have been sent is in the room: homeservers forget transaction ids after a while and with the device.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "http/api.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

// The member of every content that we send which holds its key.
inline constexpr std::string_view key_member = "org.chatrixcd.key";

// Reads the room's history backwards for an event of `me` with the row's key: to an hour before the row was made, and at most 10,000
// events. Errors as any request's.
boost::asio::awaitable<result<std::optional<event_id>>> look_up(api& homeserver, outbox_row row, user_id me);

}  // namespace chatrixcd::matrix::detail
