// SPDX-License-Identifier: Apache-2.0
// The request that sends a row (client-server API, "Sending events to a room", "Redactions").
#pragma once

#include <string>

#include "http/call.hpp"
#include "outbox/sealed_message.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

// The row's content as JSON text, with what it has learned since it was queued.
std::string final_content(outbox_row const& row);
// Homeservers count reactions and apply redactions, and so they must be able to read them.
bool leaves_in_clear(outbox_row const& row);
// The row as it is to leave where nothing is encrypted.
sealed_message as_it_is(outbox_row const& row);
// `type` and `content` as they are to leave: the row's own, or encrypted.
call send_request(outbox_row const& row, std::string const& type, std::string content);

}  // namespace chatrixcd::matrix::detail
