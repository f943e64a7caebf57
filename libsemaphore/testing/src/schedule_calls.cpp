// SPDX-License-Identifier: Apache-2.0
// Schedules. They start nothing: their time never comes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <iterator>
#include <sstream>

#include <chatrixcd/base/json_reader.hpp>

#include "answers.hpp"
#include "double_state.hpp"

namespace chatrixcd::semaphore::testing {

namespace {

// In the words of the library that Semaphore reads them with.
std::optional<std::string> cron_problem(std::string text) {
    if (text.starts_with("CRON_TZ=")) text.erase(0, text.find(' ') == std::string::npos ? text.size() : text.find(' ') + 1);
    if (text.starts_with('@')) {
        constexpr std::string_view macros[] = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"};
        bool const known = text.starts_with("@every ") || std::ranges::find(macros, text) != std::end(macros);
        return known ? std::nullopt : std::optional("Cron: unrecognized descriptor: " + text);
    }
    std::istringstream words(text);
    std::vector<std::string> fields{std::istream_iterator<std::string>(words), {}};
    if (fields.size() == 5) return std::nullopt;
    return fmt::format("Cron: expected exactly 5 fields, found {}: [{}]", fields.size(), fmt::join(fields, " "));
}

std::optional<response> cron_refusal(json::object const& body) {
    auto const problem = cron_problem(base::find_string(body, "cron_format").value_or(std::string()));
    if (!problem) return std::nullopt;
    return answer(json::object{{"error", *problem}}, 400);
}

}  // namespace

response server::state::list_schedules(routed_request const& r) {
    json::array all;
    for (auto const& [id, each] : schedules) {
        if (each.project.str() != r.parameter("project")) continue;
        auto shape = shape_of(each, as);
        shape["tpl_name"] = templates.at(each.starts.value()).name;
        all.push_back(std::move(shape));
    }
    return list(std::move(all));
}

schedule_of_double* server::state::schedule_in(routed_request const& r) {
    auto const found = schedules.find(number_in(r.parameter("schedule")).value_or(0));
    return found == schedules.end() || found->second.project.str() != r.parameter("project") ? nullptr : &found->second;
}

response server::state::one_schedule(routed_request const& r) {
    auto const* found = schedule_in(r);
    return found == nullptr ? answer(404U) : answer(shape_of(*found, as));
}

response server::state::switch_schedule(routed_request const& r) {
    auto* found = schedule_in(r);
    auto const body = base::parse_json_object(r.http.body);
    auto const* active = body ? body->if_contains("active") : nullptr;
    if (active == nullptr || !active->is_bool()) return answer(400U);
    if (found == nullptr) return answer(404U);
    found->active = active->get_bool();
    return answer(204U);
}

response server::state::add_schedule(routed_request const& r) {
    auto const body = base::parse_json_object(r.http.body);
    auto const starts = body ? base::find_integer(*body, "template_id") : std::nullopt;
    if (!starts) return answer(400U);
    if (auto const refused = cron_refusal(*body)) return *refused;
    if (!templates.contains(*starts)) return answer(404U);
    auto const* active = body->if_contains("active");
    schedule_of_double made;
    made.id = ++last_schedule;
    made.project = project_id(number_in(r.parameter("project")).value_or(0));
    made.name = base::find_string(*body, "name").value_or(std::string());
    made.starts = template_id(*starts);
    made.cron_format = base::find_string(*body, "cron_format").value_or(std::string());
    made.active = active != nullptr && active->is_bool() && active->get_bool();
    return answer(shape_of(schedules.emplace(made.id, made).first->second, as), 201);
}

response server::state::replace_schedule(routed_request const& r) {
    auto* found = schedule_in(r);
    auto const body = base::parse_json_object(r.http.body);
    if (!body || base::find_integer(*body, "id") != number_in(r.parameter("schedule"))) return answer(400U);
    if (auto const refused = cron_refusal(*body)) return *refused;
    auto const starts = base::find_integer(*body, "template_id").value_or(0);
    if (found == nullptr || !templates.contains(starts)) return answer(404U);
    auto const* active = body->if_contains("active");
    found->name = base::find_string(*body, "name").value_or(std::string());
    found->starts = template_id(starts);
    found->cron_format = base::find_string(*body, "cron_format").value_or(std::string());
    found->active = active != nullptr && active->is_bool() && active->get_bool();
    return answer(204U);
}

response server::state::remove_schedule(routed_request const& r) {
    auto const* found = schedule_in(r);
    if (found == nullptr) return answer(404U);
    schedules.erase(found->id);
    return answer(204U);
}

response server::state::check_cron(routed_request const& r) {
    auto const body = base::parse_json_object(r.http.body);
    if (!body) return answer(400U);
    if (auto const refused = cron_refusal(*body)) return *refused;
    return answer(200U);
}

}  // namespace chatrixcd::semaphore::testing
