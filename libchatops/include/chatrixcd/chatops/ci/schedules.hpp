// SPDX-License-Identifier: Apache-2.0
// The facet of servers that start runs by themselves at set times.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::ci {

// The server's own, unique in it.
using schedule_id = identifier<struct schedule_tag>;

struct schedule {
    schedule_id id;
    std::string name;  // may be empty, and that of several
    job_id starts;
    std::string job_name;
    std::string when;  // as the server writes it, in its time zone: "0 3 * * *"
    bool active = false;
    friend bool operator==(schedule const&, schedule const&) = default;
};

class schedules {
public:
    virtual ~schedules() = default;
    // All of a project, in the server's order. Errors: not_found, forbidden.
    virtual boost::asio::awaitable<result<std::vector<schedule>>> list(project_id in) = 0;
    // Whether it starts anything from now on. Idempotent: what is so already is done. Error not_found.
    virtual boost::asio::awaitable<result<void>> set_active(schedule_id id, bool active) = 0;
};

}  // namespace chatrixcd::chatops::ci
