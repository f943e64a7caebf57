// SPDX-License-Identifier: Apache-2.0
// What one live connection has been told of the tasks: as Semaphore does, each change of a status, the last one twice, and each line.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "live_desk.hpp"

namespace chatrixcd::semaphore::testing {

class live_view {
public:
    // Who connects hears of nothing that was before. The desk must outlive it.
    explicit live_view(live_desk const& of);

    // Looks what is new, and queues its messages.
    void look();
    std::size_t waiting() const noexcept { return messages_.size(); }
    std::string take();

private:
    struct told {
        std::string status;
        bool end = false;
        std::size_t lines = 0;
    };
    void tell(simulated_task const& of, bool with_end);

    live_desk const& desk_;
    std::map<std::int64_t, told> told_;
    std::deque<std::string> messages_;
};

}  // namespace chatrixcd::semaphore::testing
