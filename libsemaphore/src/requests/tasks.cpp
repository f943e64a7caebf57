// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/awaitable.hpp>

#include "requests/ask.hpp"
#include "requests/new_task.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;
using detail::call;
using detail::project_path;

namespace {

std::string task_path(project_id in, task_id id, std::string_view below = {}) {
    auto path = project_path(in, "tasks/" + id.str());
    if (!below.empty()) path += "/" + std::string(below);
    return path;
}

// A task that does not exist is an empty 400 up to 2.18, and a 404 later.
call about_task(call what, project_id in, task_id id) {
    return std::move(what).about("project " + in.str() + " has no task " + id.str(), /*found_by_400=*/true);
}

}  // namespace

awaitable<result<task>> client::start(project_id in, new_task what) {
    auto asked = call::post(project_path(in, "tasks"), "starting a task")
                     .body(detail::to_json(what, in))
                     .about("project " + in.str() + " has no template " + what.job.str());
    co_return co_await detail::ask_one<task>(*to_, std::move(asked), detail::read_task);
}

awaitable<result<task>> client::find_task(project_id in, task_id id) {
    auto asked = about_task(call::get(task_path(in, id), "asking for a task"), in, id);
    co_return co_await detail::ask_one<task>(*to_, std::move(asked), detail::read_task);
}

awaitable<result<std::vector<task>>> client::last_tasks(project_id in, std::size_t most) {
    auto const limit = std::clamp<std::size_t>(most, 1, 200);
    auto asked = call::get(project_path(in, "tasks/last"), "listing the last tasks")
                     .query("limit", std::to_string(limit))
                     .about(detail::no_project(in));
    co_return co_await detail::ask_list<task>(*to_, std::move(asked), detail::read_task);
}

awaitable<result<std::vector<task>>> client::tasks(project_id in) {
    auto asked = call::get(project_path(in, "tasks"), "listing the tasks").about(detail::no_project(in));
    co_return co_await detail::ask_list<task>(*to_, std::move(asked), detail::read_task);
}

awaitable<result<std::vector<output_line>>> client::output(project_id in, task_id id) {
    auto asked = about_task(call::get(task_path(in, id, "output"), "reading a task's output"), in, id).max_response(to_->max_output());
    co_return co_await detail::ask_list<output_line>(*to_, std::move(asked), detail::read_output_line);
}

awaitable<result<std::string>> client::raw_output(project_id in, task_id id) {
    auto asked = about_task(call::get(task_path(in, id, "raw_output"), "reading a task's output"), in, id).max_response(to_->max_output());
    co_return co_await to_->ask_text(std::move(asked));
}

awaitable<result<std::vector<task_stage>>> client::stages(project_id in, task_id id) {
    auto asked = about_task(call::get(task_path(in, id, "stages"), "listing a task's stages"), in, id);
    co_return co_await detail::ask_list<task_stage>(*to_, std::move(asked), detail::read_stage);
}

// Not repeated by itself: a task that has ended meanwhile would be called stopped.
awaitable<result<void>> client::stop(project_id in, task_id id, bool force) {
    boost::json::object how;
    how["force"] = force;
    auto asked = about_task(call::post(task_path(in, id, "stop"), "stopping a task"), in, id).body(how);
    co_return co_await to_->tell(std::move(asked));
}

awaitable<result<void>> client::confirm(project_id in, task_id id) {
    co_return co_await to_->tell(call::post(task_path(in, id, "confirm"), "confirming a task"));
}

awaitable<result<void>> client::reject(project_id in, task_id id) {
    co_return co_await to_->tell(call::post(task_path(in, id, "reject"), "rejecting a task"));
}

awaitable<result<void>> client::remove_task(project_id in, task_id id) {
    co_return co_await to_->tell(call::remove(task_path(in, id), "deleting a task"));
}

}  // namespace chatrixcd::semaphore
