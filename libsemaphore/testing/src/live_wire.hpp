// SPDX-License-Identifier: Apache-2.0
// Live connections to the double without a socket.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/websocket.hpp>

#include "live_view.hpp"

namespace chatrixcd::semaphore::testing {

// What they share.
class live_desk {
public:
    live_desk(base::clock& its_time, flavour const& its_kind, std::vector<std::unique_ptr<simulated_task>> const& its_tasks)
        : time(its_time), as(its_kind), tasks(its_tasks) {}

    base::clock& time;
    flavour const& as;
    std::vector<std::unique_ptr<simulated_task>> const& tasks;
    bool is_refusing = false;
    int cuts = 0;  // a connection of before the last one is gone
    std::size_t open = 0;
};

std::unique_ptr<base::http::websocket_dialer> make_live_dialer(live_desk& to, std::string token);

}  // namespace chatrixcd::semaphore::testing
