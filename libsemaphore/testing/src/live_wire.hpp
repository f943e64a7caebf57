// SPDX-License-Identifier: Apache-2.0
// Live connections to the double without a socket.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/websocket.hpp>

#include "live_view.hpp"

namespace chatrixcd::semaphore::testing {

constexpr base::duration live_looks_every{50};
// Of one connection; who is slower is cut.
constexpr std::size_t most_live_waiting = 256;

// What they share.
class live_desk {
public:
    live_desk(base::clock& its_time, flavour const& its_kind, std::vector<std::unique_ptr<simulated_task>> const& its_tasks,
              std::string const& its_token)
        : time(its_time), as(its_kind), tasks(its_tasks), token(its_token) {}

    // Why a request gets no connection; nothing: it gets one.
    std::optional<base::http::response> refusal(base::http::request const& r) const;

    base::clock& time;
    flavour const& as;
    std::vector<std::unique_ptr<simulated_task>> const& tasks;
    std::string const& token;
    bool is_refusing = false;
    int cuts = 0;  // a connection of before the last one is gone
    std::size_t open = 0;
};

std::unique_ptr<base::http::websocket_dialer> make_live_dialer(live_desk& to);

}  // namespace chatrixcd::semaphore::testing
