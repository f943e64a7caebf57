// SPDX-License-Identifier: Apache-2.0
// What a Semaphore server says of itself and of who asks. Of each value, `raw` is the object as it came: with it the fields of newer
// servers stay.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore {

struct server_info {
    // As the server writes it: "v2.10.32-abc1234-1729814400", "2.16.14-…", "undefined-00000000-". For people; what a server can do is
    // found out by asking it.
    std::string version;
    std::string web_host;  // where people find it, if the operator said so
    std::string ansible;   // several lines, or empty
    boost::json::object raw;
};

struct app {
    std::string id;  // ansible, terraform, tofu, bash, powershell, python, …
    std::string title;
    bool active = false;  // its program was found when the server started
    boost::json::object raw;
};

struct user {
    user_id id;
    std::string username;
    std::string name;
    std::string email;
    bool admin = false;
    boost::json::object raw;
};

struct project {
    project_id id;
    std::string name;
    std::optional<base::time_point> created;
    bool alert = false;
    std::int64_t max_parallel_tasks = 0;  // 0: no limit of its own
    boost::json::object raw;
};

// What the caller may do in a project. Reading is allowed to every member.
struct project_role {
    std::string role;  // "owner", "manager", "task_runner", "guest", a role of the server's own, or empty for an admin who is no member
    std::int64_t permissions = 0;
    bool may_run_tasks() const noexcept { return (permissions & 1) != 0; }
    bool may_update_project() const noexcept { return (permissions & 2) != 0; }
    bool may_manage_resources() const noexcept { return (permissions & 4) != 0; }
    bool may_manage_users() const noexcept { return (permissions & 8) != 0; }
    boost::json::object raw;
};

// A line of the log of what people and tasks did. Its text is for people and differs between versions.
struct activity {
    std::optional<user_id> by;
    std::string username;
    std::optional<project_id> project;
    std::string project_name;
    std::string object_type;  // "task", "template", "schedule", …
    std::optional<std::int64_t> object;
    std::string object_name;
    std::string description;
    std::optional<base::time_point> created;
    boost::json::object raw;
};

struct runner {
    runner_id id;
    std::string name;
    bool active = false;
    std::int64_t max_parallel_tasks = 0;
    boost::json::object raw;
};

}  // namespace chatrixcd::semaphore
