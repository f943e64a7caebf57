// SPDX-License-Identifier: Apache-2.0
#include "live_view.hpp"

#include <boost/json/object.hpp>

#include "shapes.hpp"

namespace chatrixcd::semaphore::testing {

namespace json = boost::json;

live_view::live_view(live_desk const& of) : desk_(of) {
    look();
    messages_.clear();
}

void live_view::look() {
    auto const now = desk_.time.now();
    for (auto const& task : desk_.tasks) {
        if (desk_.hidden.contains(task->project.value())) continue;
        auto& known = told_[task->id];
        auto const lines = task->output(now, desk_.as);
        for (; known.lines < lines.size(); ++known.lines) {
            auto const& [when, text] = lines[known.lines];
            json::object message{{"output", text},
                                 {"project_id", task->project.value()},
                                 {"task_id", task->id},
                                 {"time", time_text(when, desk_.as)},
                                 {"type", "log"}};
            messages_.push_back(body_text(message));
        }
        if (known.status != task->status) tell(*task, /*with_end=*/false);
        known.status = task->status;
        if (task->end && !known.end) tell(*task, /*with_end=*/true);
        known.end = task->end.has_value();
    }
}

void live_view::tell(simulated_task const& of, bool with_end) {
    auto const time_or_null = [this](std::optional<base::time_point> const& when) {
        return when ? json::value(time_text(*when, desk_.as)) : json::value();
    };
    json::object message;
    message["end"] = with_end ? time_or_null(of.end) : json::value();
    message["project_id"] = of.project.value();
    message["start"] = time_or_null(of.start);
    message["status"] = of.status;
    message["task_id"] = of.id;
    message["template_id"] = of.job.value();
    message["type"] = "update";
    message["version"] = nullptr;
    messages_.push_back(body_text(message));
}

std::string live_view::take() {
    auto first = std::move(messages_.front());
    messages_.pop_front();
    return first;
}

}  // namespace chatrixcd::semaphore::testing
