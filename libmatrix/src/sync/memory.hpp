// SPDX-License-Identifier: Apache-2.0
// Whether the homeserver still has the history in which our position means something. One that came back with an empty database may
// take an old position for one that is yet to come, and would then say nothing for a long time.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "sync/receiver.hpp"

namespace chatrixcd::matrix::detail {

// True only if it denies to know any of the rooms that we were last in; when in doubt, false. Members who were thrown out may still read
// the state of a room as they left it, so that being thrown out looks different.
boost::asio::awaitable<bool> has_forgotten_us(receiver from);

}  // namespace chatrixcd::matrix::detail
