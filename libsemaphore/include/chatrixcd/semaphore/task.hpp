// SPDX-License-Identifier: Apache-2.0
// Tasks: runs of templates.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore {

// `other`: a word that this library does not know; task::raw_status has it.
enum class task_status : unsigned char {
    waiting,
    starting,
    waiting_confirmation,
    confirmed,
    rejected,
    running,
    stopping,
    stopped,
    success,
    error,
    other
};
task_status task_status_from(std::string_view word) noexcept;
// stopped, success, error.
bool is_terminal(task_status s) noexcept;

struct task {
    task_id id;
    template_id of;
    project_id project;
    task_status status = task_status::other;
    std::string raw_status;
    std::string message;                // what whoever started it wrote
    std::optional<user_id> started_by;  // nobody: a schedule or an integration
    std::string user_name;              // only in lists
    std::string template_name;          // only in lists
    std::optional<base::time_point> created;
    std::optional<base::time_point> start;                       // of its last transition to running; confirming sets it anew
    std::optional<base::time_point> end;                         // whatever the status
    std::vector<std::pair<std::string, std::string>> variables;  // of `environment`, as texts; secrets are never told
    std::optional<std::string> git_branch;
    std::optional<std::string> version;  // of builds
    boost::json::object raw;

    // It will not change any more: its status is terminal, or it has an end. A task that was confirmed when nothing waited stays
    // "confirmed" after its end.
    bool is_finished() const noexcept { return end.has_value() || is_terminal(status); }
};

// What to start. The server takes what the template allows, and drops the rest without a word.
class new_task {
public:
    new_task() = default;
    explicit new_task(template_id of) : job(of) {}
    template_id job;
    std::vector<std::pair<std::string, std::string>> variables;
    std::vector<std::pair<std::string, base::secret>> secrets;
    std::string message;
    std::vector<std::string> limit;  // hosts
    std::vector<std::string> tags;
    std::vector<std::string> skip_tags;
    std::vector<std::string> arguments;  // of the command line
    std::optional<std::string> git_branch;
    std::optional<inventory_id> inventory;
    std::optional<task_id> build;  // of a deploy template: what to deploy
    bool debug = false;
    bool dry_run = false;
    bool diff = false;
};

struct output_line {
    std::optional<base::time_point> time;
    std::string text;  // as the program wrote it, escape sequences included, without its end of line
    friend bool operator==(output_line const&, output_line const&) = default;
};

struct task_stage {
    std::int64_t id = 0;
    std::string type;  // "init", "terraform_plan", "running", "print_result", …
    std::optional<base::time_point> start;
    std::optional<base::time_point> end;
    boost::json::object raw;
};

}  // namespace chatrixcd::semaphore
