// SPDX-License-Identifier: Apache-2.0
// What live connections to the double share.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/http.hpp>

#include "simulated_task.hpp"

namespace chatrixcd::semaphore::testing {

constexpr base::duration live_looks_every{50};
// Of one connection; who is slower is cut.
constexpr std::size_t most_live_waiting = 256;
// Of what a client says; whoever says more is cut.
constexpr std::size_t most_said = 512;

class live_desk {
public:
    live_desk(base::clock& its_time, flavour const& its_kind, std::vector<std::unique_ptr<simulated_task>> const& its_tasks,
              std::function<bool(std::string const&)> its_check)
        : time(its_time), as(its_kind), tasks(its_tasks), accepts(std::move(its_check)) {}

    // Why a request gets no connection; nothing: it gets one.
    std::optional<base::http::response> refusal(base::http::request const& r) const;

    base::clock& time;
    flavour const& as;
    std::vector<std::unique_ptr<simulated_task>> const& tasks;
    std::function<bool(std::string const&)> accepts;  // the value of the field Authorization
    std::set<std::int64_t> hidden;                    // projects of which nothing is told
    std::string below;                                // before /api; empty: nothing
    bool is_refusing = false;
    int cuts = 0;  // a connection of before the last one is gone
    std::size_t open = 0;
};

}  // namespace chatrixcd::semaphore::testing
