// SPDX-License-Identifier: Apache-2.0
// The request that sends a row (client-server API, "Sending events to a room", "Redactions").
#pragma once

#include "http/call.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

call send_request(outbox_row const& row);

}  // namespace chatrixcd::matrix::detail
