// SPDX-License-Identifier: Apache-2.0
// Semaphore's values in the words of the port, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/semaphore/client.hpp>

namespace chatrixcd::chatops::semaphore_ci {

ci::project to_port(semaphore::project const& what);
ci::job to_port(semaphore::project_id in, semaphore::job_template const& what);
// What we asked a task to do, so that its end is that, whatever the server calls it ("error", mostly).
enum class interference : std::uint8_t { none, canceled, rejected };
ci::run to_port(semaphore::task const& what, std::string url, interference done);

// Decimal digits of a number that fits; nothing for any other text.
std::optional<std::int64_t> to_number(std::string_view text);
ci::result<semaphore::project_id> to_project(ci::project_id const& id);
ci::result<semaphore::template_id> to_template(ci::job_id const& id);

// A run is a task of a project.
class task_name {
public:
    semaphore::project_id project;
    semaphore::task_id task;
    friend auto operator<=>(task_name const&, task_name const&) = default;
};
ci::run_id to_run_id(task_name const& of);
// Error not_found if the text is no id of ours.
ci::result<task_name> to_task(ci::run_id const& id);

// "ChatrixCD KEY", with what somebody wrote behind it, and the key out of it; empty if the message is not ours.
std::string message_with(ci::run_key const& key, std::string const& words = {});
std::string key_in(std::string_view message);

}  // namespace chatrixcd::chatops::semaphore_ci
