// SPDX-License-Identifier: Apache-2.0
#include "tasks.hpp"

#include <algorithm>

namespace chatrixcd::chatops::semaphore_ci {

using base::error_kind;
using boost::asio::awaitable;

namespace {

// More are not looked at any more.
constexpr std::size_t most_remembered = 10000;

void remember(std::set<task_name>& in, task_name which) {
    if (in.size() >= most_remembered) in.erase(in.begin());
    in.insert(which);
}

std::optional<semaphore::task> in_list(std::vector<semaphore::task> const& list, semaphore::task_id which) {
    auto const found = std::ranges::find(list, which, &semaphore::task::id);
    return found == list.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

awaitable<ci::result<task_name>> tasks::named(ci::run_id id) {
    auto const name = to_task(id);
    if (!name) co_return name.error();
    auto const allowed = co_await catalog_.check_allowed(name->project);
    if (!allowed) co_return allowed.error();
    co_return *name;
}

awaitable<ci::result<semaphore::task>> tasks::find(task_name which) {
    auto task = co_await server_.find_task(which.project, which.task);
    if (!task && task.error().kind() == error_kind::not_found && task.error().http_status() == 400) {
        auto const list = co_await server_.tasks(which.project);
        if (!list) co_return list.error();
        if (auto listed = in_list(*list, which.task)) task = std::move(*listed);
    }
    if (task) task->project = which.project;
    co_return task;
}

void tasks::note_cancel(task_name which) { remember(canceled_, which); }
void tasks::note_rejection(task_name which) { remember(rejected_, which); }

interference tasks::done_to(task_name which) const {
    if (rejected_.contains(which)) return interference::rejected;
    return canceled_.contains(which) ? interference::canceled : interference::none;
}

base::duration tasks::ended_since(task_name which) {
    if (ended_.size() >= most_remembered) ended_.clear();
    return time_.uptime() - ended_.try_emplace(which, time_.uptime()).first->second;
}

}  // namespace chatrixcd::chatops::semaphore_ci
