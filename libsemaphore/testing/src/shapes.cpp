// SPDX-License-Identifier: Apache-2.0
#include "shapes.hpp"

#include <fmt/chrono.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

namespace chatrixcd::semaphore::testing {

namespace json = boost::json;

namespace {

bool says_nothing(json::value const& v) {
    return v.is_null() || (v.is_string() && v.get_string().empty()) || (v.is_bool() && !v.get_bool()) ||
           (v.is_int64() && v.get_int64() == 0);
}

// `always`: what newer servers say even if it says nothing.
json::object in_spelling(json::object whole, flavour const& as, std::initializer_list<std::string_view> always) {
    if (as.spells_out_nulls) return whole;
    json::object terse;
    for (auto const& member : whole) {
        bool const stays = std::ranges::find(always, std::string_view(member.key())) != always.end();
        if (stays || !says_nothing(member.value())) terse[member.key()] = member.value();
    }
    return terse;
}

json::value time_or_null(std::optional<base::time_point> when, flavour const& as) {
    return when ? json::value(time_text(*when, as)) : json::value();
}

}  // namespace

std::string time_text(base::time_point when, flavour const& as) {
    auto const local = when + as.time_zone;
    auto const seconds = std::chrono::floor<std::chrono::seconds>(local);
    auto const rest = (local - seconds).count();
    auto const hours = as.time_zone.count();
    auto const zone = hours == 0 ? std::string("Z") : fmt::format("{}{:02}:00", hours < 0 ? '-' : '+', std::abs(hours));
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}456789{}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), rest, zone);
}

std::string body_text(json::value const& what) {
    std::string text;
    for (char const c : json::serialize(what)) {
        switch (c) {
            case '<':
                text += "\\u003c";
                break;
            case '>':
                text += "\\u003e";
                break;
            case '&':
                text += "\\u0026";
                break;
            default:
                text += c;
        }
    }
    return text + "\n";
}

json::object shape_of(project_of_double const& what, flavour const& as) {
    json::object whole{{"id", what.id},  {"name", what.name},     {"created", "2024-10-25T00:05:20Z"},
                       {"alert", false}, {"alert_chat", nullptr}, {"max_parallel_tasks", 0},
                       {"type", ""}};
    return in_spelling(std::move(whole), as, {"type"});
}

json::object shape_of(template_of_double const& what, flavour const& as, bool in_list) {
    json::value survey;
    if (!what.survey.empty() && !(in_list && as.list_hides_survey)) survey = json::parse(what.survey);
    json::object whole{{"id", what.id},
                       {"project_id", what.project.value()},
                       {"inventory_id", nullptr},
                       {"repository_id", 1},
                       {"environment_id", what.has_environment ? json::value(1) : json::value()},
                       {"name", what.name},
                       {"playbook", what.playbook},
                       {"arguments", nullptr},
                       {"allow_override_args_in_task", false},
                       {"description", ""},
                       {"vaults", nullptr},
                       {"type", ""},
                       {"start_version", nullptr},
                       {"build_template_id", nullptr},
                       {"view_id", nullptr},
                       {"last_task", nullptr},
                       {"autorun", false},
                       {"git_branch", nullptr},
                       {"survey_vars", survey},
                       {"suppress_success_alerts", false},
                       {"app", "bash"},
                       {"tasks", 0}};
    return in_spelling(std::move(whole), as, {"tasks"});
}

json::object shape_of(schedule_of_double const& what, flavour const& as) {
    json::object whole{{"id", what.id},
                       {"project_id", what.project.value()},
                       {"template_id", what.starts.value()},
                       {"cron_format", what.cron_format},
                       {"name", what.name},
                       {"active", what.active},
                       {"repository_id", nullptr}};
    if (!as.spells_out_nulls) whole["task_params"] = json::object();
    return whole;
}

json::object shape_of(simulated_task const& what, flavour const& as) {
    json::object whole{{"id", what.id},
                       {"template_id", what.job.value()},
                       {"project_id", what.project.value()},
                       {"status", what.status},
                       {"debug", false},
                       {"dry_run", false},
                       {"diff", false},
                       {"playbook", ""},
                       {"environment", what.environment},
                       {"limit", ""},
                       {"secret", "{}"},
                       {"arguments", nullptr},
                       {"git_branch", nullptr},
                       {"user_id", 1},
                       {"integration_id", nullptr},
                       {"schedule_id", nullptr},
                       {"created", time_text(what.created, as)},
                       {"start", time_or_null(what.start, as)},
                       {"end", time_or_null(what.end, as)},
                       {"message", what.message},
                       {"commit_hash", nullptr},
                       {"commit_message", ""},
                       {"build_task_id", nullptr},
                       {"version", nullptr},
                       {"inventory_id", nullptr}};
    return in_spelling(std::move(whole), as, {"playbook", "limit"});
}

json::object listed(simulated_task const& what, template_of_double const& of, flavour const& as) {
    auto shape = shape_of(what, as);
    json::object beside{{"tpl_playbook", of.playbook}, {"tpl_alias", of.name}, {"tpl_type", ""},
                        {"tpl_app", "bash"},           {"user_name", "Bot"},   {"build_task", nullptr}};
    for (auto const& member : in_spelling(std::move(beside), as, {})) shape[member.key()] = member.value();
    return shape;
}

}  // namespace chatrixcd::semaphore::testing
