// SPDX-License-Identifier: Apache-2.0
// Live connections to the double without a socket.
#pragma once

#include <memory>

#include <chatrixcd/base/websocket.hpp>

#include "live_desk.hpp"

namespace chatrixcd::semaphore::testing {

std::unique_ptr<base::http::websocket_dialer> make_live_dialer(live_desk& to);

}  // namespace chatrixcd::semaphore::testing
