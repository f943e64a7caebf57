// SPDX-License-Identifier: Apache-2.0
// Keys that we want and have not been given: the account's other devices are asked for them (client-server API, "Key requests"). Only those
// that are verified: a key that anybody may pass on reads what anybody made up. Called inside store closures.
#pragma once

#include <string>

#include "crypto/context.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/rooms/room_key_table.hpp"

namespace chatrixcd::matrix::crypto {

// So many requests a day at most, and of these for what one user says: whoever makes sessions up could have us ask without end.
inline constexpr std::int64_t most_requests_a_day = 200;
inline constexpr std::int64_t most_requests_for_one = 50;

// Asks, once each, for the keys of sessions of which an event waits, and takes those requests back of which none does any more. `token`:
// fresh; what is sent is named after it. Returns whether there is something to send.
bool ask_for_keys(context const& with, std::string const& token);

// A key that came as an m.forwarded_room_key. `refused`: it is none that we have asked for, from none that we have asked, or not the key
// that it says it is.
struct forwarded_key {
    key_outcome outcome = key_outcome::refused;
    room_id room;
    std::string session;
};
forwarded_key take_forwarded_key(context const& with, device_event const& event);

}  // namespace chatrixcd::matrix::crypto
