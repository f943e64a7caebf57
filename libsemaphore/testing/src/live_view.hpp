// SPDX-License-Identifier: Apache-2.0
// What one live connection has been told of the tasks: as Semaphore does, each change of a status, the last one twice, and each line.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulated_task.hpp"

namespace chatrixcd::semaphore::testing {

class live_view {
public:
    // Who connects hears of nothing that was before.
    live_view(std::vector<std::unique_ptr<simulated_task>> const& tasks, base::time_point now, flavour const& as);

    // Looks what is new, and queues its messages.
    void look(std::vector<std::unique_ptr<simulated_task>> const& tasks, base::time_point now, flavour const& as);
    std::size_t waiting() const noexcept { return messages_.size(); }
    std::string take();

private:
    struct told {
        std::string status;
        bool end = false;
        std::size_t lines = 0;
    };
    void tell(simulated_task const& of, bool with_end);

    std::map<std::int64_t, told> told_;
    std::deque<std::string> messages_;
};

}  // namespace chatrixcd::semaphore::testing
