// SPDX-License-Identifier: Apache-2.0
#include "schedules.hpp"

#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "values.hpp"

namespace chatrixcd::chatops::semaphore_ci {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

// Newer servers have some that run once, at a time that stands beside the time table.
std::string when_of(semaphore::schedule const& what) {
    auto const once = base::find_string(what.raw, "run_at");
    if (once && base::find_string(what.raw, "type") == "run_at") return "once, " + *once;
    return what.cron_format.empty() ? "no time" : what.cron_format;
}

}  // namespace

awaitable<ci::result<std::vector<ci::schedule>>> project_schedules::list(ci::project_id in) {
    auto const project = to_project(in);
    if (!project) co_return project.error();
    auto const allowed = co_await catalog_.check_allowed(*project);
    if (!allowed) co_return allowed.error();
    auto const found = co_await server_.schedules(*project);
    if (!found) co_return found.error();
    std::vector<ci::schedule> all;
    for (auto const& each : *found) {
        ci::schedule made;
        made.id = ci::schedule_id(project->str() + "/" + each.id.str());
        made.name = each.name;
        made.starts = ci::job_id(in, each.starts.str());
        made.job_name = each.template_name;
        if (made.job_name.empty()) made.job_name = co_await catalog_.name_of(*project, each.starts);
        made.when = when_of(each);
        made.active = each.active;
        all.push_back(std::move(made));
    }
    co_return all;
}

awaitable<ci::result<void>> project_schedules::set_active(ci::schedule_id id, bool active) {
    auto const slash = id.str().find('/');
    auto const project = to_project(ci::project_id(id.str().substr(0, slash)));
    auto const number = slash == std::string::npos ? std::nullopt : to_number(id.str().substr(slash + 1));
    if (!project || !number) co_return error(error_kind::not_found, "there is no schedule " + id.str());
    auto const allowed = co_await catalog_.check_allowed(*project);
    if (!allowed) co_return allowed.error();
    // What a server says to a switch of what is not there was not seen.
    auto const there = co_await server_.find_schedule(*project, semaphore::schedule_id(*number));
    if (!there) co_return there.error();
    co_return co_await server_.set_active(*project, semaphore::schedule_id(*number), active);
}

}  // namespace chatrixcd::chatops::semaphore_ci
