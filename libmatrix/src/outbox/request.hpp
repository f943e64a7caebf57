// SPDX-License-Identifier: Apache-2.0
// The request that sends a row (client-server API, "Sending events to a room", "Redactions").
#pragma once

#include <string>

#include "http/call.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

// The row's content as JSON text, with what it has learned since it was queued.
std::string final_content(outbox_row const& row);
// `type` and `content` as they are to leave: the row's own, or encrypted.
call send_request(outbox_row const& row, std::string const& type, std::string content);

}  // namespace chatrixcd::matrix::detail
