// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore {

// A change is a replacement: what is not set is reset. Take the schedule from the server, alter it, and give it back; `raw` keeps what
// this library does not know.
class schedule {
public:
    schedule_id id;
    project_id project;
    template_id starts;
    std::string name;
    std::string cron_format;  // five fields, @daily, @every 1h, CRON_TZ=…; in the server's time zone; empty for one that runs once
    bool active = false;
    std::string template_name;  // only in lists
    boost::json::object raw;
};

}  // namespace chatrixcd::semaphore
