// SPDX-License-Identifier: Apache-2.0
// What can be said and asked about messages on their way out.
//
// A message is known by its idempotency key from the moment it is queued: before it has an event id it can be edited, redacted or
// withdrawn by that key, and after it has been sent the key gives its event id. Keys that a caller chose are kept until he forgets them
// (client::forget_key()); keys that the library made are forgotten 30 days after the message was queued.
#pragma once

#include <cstdint>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// The order in which queued messages of one room leave: the more urgent first; those of equal urgency in the order of the calls, always.
// What is being sent already is not interrupted.
enum class urgency : std::int8_t {
    bulk = -1,   // may wait for everything else: log lines
    normal = 0,  // the default
    urgent = 1,  // overtakes what waits: the answer to somebody who waits for it
};

// What client::cancel_send() found.
enum class cancellation : std::uint8_t {
    withdrawn,  // it was still queued: it will not be sent, and its sender gets an error (conflict)
    leaving,    // it may have left already: redact it by its key instead. Parts of a long message that had not left are withdrawn
    settled,    // it was sent, refused or withdrawn before
    unknown,    // no message is known by that key
};

// A message that was refused for good, and why. It is kept until its key is forgotten, and can be sent again by client::resend().
struct dead_letter {
    std::string key;
    room_id room;
    std::string type;
    // JSON text. Empty if it is not kept any more: the contents of the newest 200 are.
    std::string content;
    error why;
    base::time_point queued;
};

}  // namespace chatrixcd::matrix
