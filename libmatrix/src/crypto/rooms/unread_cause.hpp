// SPDX-License-Identifier: Apache-2.0
// Why an event cannot be read, as far as that can be known: for whoever is told that it is lost.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/rooms/waiting.hpp"

namespace chatrixcd::matrix::crypto {

enum class unread_cause : std::uint8_t {
    unknown,                   // the key is still on its way, or got lost
    sent_before_we_joined,     // it was never meant for us
    withheld_from_unverified,  // the sender's client gives keys to devices alone for which their owner vouches: "m.unverified"
    withheld_by_sender         // it gives us none for another reason, which the code says
};

// From what the event says of us ("membership" in its `unsigned`; client-server API, "Room event format") and the code with which its key
// was withheld ("m.room_key.withheld").
unread_cause cause_of(waiting_event const& event);
// For people, after "cannot be read: "; with the code, if there is one.
std::string words_of(unread_cause cause, std::string const& code);

}  // namespace chatrixcd::matrix::crypto
