// SPDX-License-Identifier: Apache-2.0
// Tasks.
#include <algorithm>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "answers.hpp"
#include "double_state.hpp"

namespace chatrixcd::semaphore::testing {

namespace {

constexpr std::int64_t highest_id = 2147483647;
constexpr std::size_t most_listed = 1000;
constexpr std::size_t most_last = 200;

}  // namespace

response server::state::list_tasks(routed_request const& r) {
    json::array all;
    for (auto each = tasks.rbegin(); each != tasks.rend() && all.size() < most_listed; ++each) {
        if ((*each)->project.str() == r.parameter("project")) all.push_back(listed(**each, templates.at((*each)->job.value()), as));
    }
    return answer(std::move(all));
}

// Newer servers show the tasks before one of them, too, and say whether there are more.
response server::state::last_tasks(routed_request const& r) {
    auto const asked = number_in(r.query(as.has_task_pages && r.query("count") ? "count" : "limit").value_or(std::string()));
    auto const most = asked && *asked >= 1 && *asked <= std::int64_t{most_last} ? static_cast<std::size_t>(*asked) : most_last;
    auto const before = as.has_task_pages ? number_in(r.query("before").value_or(std::string())) : std::nullopt;
    bool is_behind = !before;
    bool has_next = false;
    json::array all;
    for (auto each = tasks.rbegin(); each != tasks.rend() && !has_next; ++each) {
        if ((*each)->project.str() != r.parameter("project")) continue;
        has_next = is_behind && all.size() == most;
        if (is_behind && !has_next) all.push_back(listed(**each, templates.at((*each)->job.value()), as));
        if (before == (*each)->id) is_behind = true;
    }
    auto said = answer(std::move(all));
    if (as.has_task_pages) said.headers.set("X-Has-Next", has_next ? "true" : "false");
    return said;
}

response server::state::start_task(routed_request const& r) {
    auto const body = base::parse_json_object(r.http.body);
    auto const job = body ? base::find_integer(*body, "template_id") : std::nullopt;
    if (!job) return answer(400U);
    auto const found = templates.find(*job);
    if (found == templates.end()) return answer(as.spells_out_nulls ? 500U : 404U);
    auto const count = static_cast<std::int64_t>(tasks.size()) + 1;
    auto made = std::make_unique<simulated_task>(as.ids_count_down ? highest_id - count : count, found->second.project, template_id(*job),
                                                 found->second.does, time.now());
    made->message = base::find_string(*body, "message").value_or(std::string());
    made->environment = base::find_string(*body, "environment").value_or(std::string());
    tasks.push_back(std::move(made));
    return answer(shape_of(*tasks.back(), as), 201);
}

simulated_task* server::state::task_in(routed_request const& r) {
    auto const id = number_in(r.parameter("task"));
    for (auto const& each : tasks) {
        if (id == each->id && each->project.str() == r.parameter("project")) return each.get();
    }
    return nullptr;
}

response server::state::one_task(routed_request const& r) {
    auto const* task = task_in(r);
    return task == nullptr ? no_task() : answer(shape_of(*task, as));
}

response server::state::output(routed_request const& r) {
    auto const* task = task_in(r);
    if (task == nullptr) return no_task();
    json::array lines;
    for (auto const& [when, text] : task->output(time.now(), as)) {
        json::object line{{"task_id", task->id}, {"time", time_text(when, as)}, {"output", text}};
        if (as.spells_out_nulls) {
            line["task"] = "";
        } else {
            line["id"] = 0;
        }
        lines.push_back(std::move(line));
    }
    return list(std::move(lines));
}

response server::state::raw_output(routed_request const& r) {
    auto const* task = task_in(r);
    if (task == nullptr) return no_task();
    std::string text;
    for (auto const& line : task->output(time.now(), as)) text += line.second + "\n";
    return response(200, std::move(text), "text/plain; charset=utf-8");
}

response server::state::stages(routed_request const& r) { return task_in(r) == nullptr ? no_task() : answer(json::array()); }

response server::state::stop_task(routed_request const& r) {
    auto* task = task_in(r);
    if (task == nullptr) return no_task();
    auto const body = base::parse_json_object(r.http.body);
    if (!body) return answer(400U);
    auto const* force = body->if_contains("force");
    task->stop(time.now(), force != nullptr && force->is_bool() && force->get_bool());
    return answer(204U);
}

response server::state::confirm_task(routed_request const& r) {
    auto* task = task_in(r);
    return task != nullptr && task->confirm(time.now()) ? answer(204U) : answer(400U);
}

response server::state::reject_task(routed_request const& r) {
    auto* task = task_in(r);
    return task != nullptr && task->reject(time.now()) ? answer(204U) : answer(400U);
}

}  // namespace chatrixcd::semaphore::testing
