// SPDX-License-Identifier: Apache-2.0
// The double's JSON, in the spelling of its version.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "resources.hpp"
#include "simulated_task.hpp"

namespace chatrixcd::semaphore::testing {

struct project_of_double {
    std::int64_t id = 0;
    std::string name;
    bool is_member = true;  // the token's user
    resources_of_double has;
};

struct template_of_double {
    std::int64_t id = 0;
    project_id project;
    std::string name;
    std::string playbook;
    std::string survey;
    script does;
    bool has_environment = true;
};

struct schedule_of_double {
    std::int64_t id = 0;
    project_id project;
    std::string name;
    template_id starts;
    std::string cron_format;
    bool active = true;
};

boost::json::object shape_of(project_of_double const& what, flavour const& as);
boost::json::object shape_of(template_of_double const& what, flavour const& as, bool in_list);
boost::json::object shape_of(simulated_task const& what, flavour const& as);
boost::json::object shape_of(schedule_of_double const& what, flavour const& as);
// As in lists.
boost::json::object listed(simulated_task const& what, template_of_double const& of, flavour const& as);

// RFC 3339 with nanoseconds.
std::string time_text(base::time_point when, flavour const& as);
// As Go's encoder writes: '<', '>' and '&' as escapes, a line break at the end.
std::string body_text(boost::json::value const& what);

}  // namespace chatrixcd::semaphore::testing
