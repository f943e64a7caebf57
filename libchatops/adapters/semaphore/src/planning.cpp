// SPDX-License-Identifier: Apache-2.0
#include "planning.hpp"

#include <algorithm>
#include <chatrixcd/chatops/ci/parameters.hpp>

#include "run_options.hpp"
#include "values.hpp"

namespace chatrixcd::chatops::semaphore_ci {

using boost::asio::awaitable;

namespace {

// Up to 2.11 the template's own variables win over those of the task.
awaitable<std::vector<std::string>> warnings_of(semaphore::client& server, semaphore::project_id in, semaphore::job_template const& of,
                                                ci::parameter_values const& given) {
    std::vector<std::string> warnings;
    if (given.empty() || !of.environment) co_return warnings;
    auto const all = co_await server.environments(in);
    if (!all) co_return warnings;
    auto const is_it = [&](semaphore::environment const& e) { return e.id == *of.environment; };
    auto const environment = std::find_if(all->begin(), all->end(), is_it);
    if (environment == all->end()) co_return warnings;
    for (auto const& [name, value] : given) {
        auto const has_name = [&wanted = name](auto const& variable) { return variable.first == wanted; };
        if (std::any_of(environment->variables.begin(), environment->variables.end(), has_name)) {
            warnings.push_back("the environment \"" + environment->name + "\" sets " + name + " itself, which wins on older servers");
        }
    }
    co_return warnings;
}

// Semaphore hands the secrets of a task to Ansible, and to nothing else.
std::optional<base::error> useless_secret(semaphore::job_template const& of, ci::parameter_values const& given) {
    if (of.app.empty() || of.app == "ansible") return std::nullopt;
    for (auto const& asked : of.survey) {
        auto const is_it = [&](auto const& one) { return one.first == asked.name; };
        if (asked.type != semaphore::survey_type::secret || std::none_of(given.begin(), given.end(), is_it)) continue;
        return base::error(base::error_kind::invalid, "the template \"" + of.name + "\" would never see the secret " + asked.name)
            .with_hint("Semaphore gives secret variables of a task to Ansible alone; keep it in the template's environment");
    }
    return std::nullopt;
}

bool is_option(ci::parameter_values::value_type const& given) { return given.first.starts_with("--"); }

// A number, or the name of one.
awaitable<ci::result<std::string>> inventory_number(semaphore::client& server, semaphore::project_id in, std::string word) {
    auto const all = co_await server.inventories(in);
    if (!all) co_return all.error();
    std::string names;
    for (auto const& each : *all) {
        if (each.name == word || each.id.str() == word) co_return each.id.str();
        names += (names.empty() ? "" : ", ") + each.name;
    }
    co_return base::error(base::error_kind::invalid, "there is no inventory \"" + word + "\"").with_hint("there are: " + names);
}

}  // namespace

ci::job with_options(ci::job job, semaphore::job_template const& of) {
    for (auto& option : options_of(of)) job.parameters.push_back(std::move(option));
    return job;
}

awaitable<ci::result<ci::plan>> make_plan(semaphore::client& server, ci::run_request wanted) {
    auto const project = to_project(wanted.job.project);
    if (!project) co_return project.error();
    auto const id = to_template(wanted.job);
    if (!id) co_return id.error();
    auto const found = co_await server.find_template(*project, *id);
    if (!found) co_return found.error();
    if (auto why = refused_option(*found, wanted.parameters)) co_return std::move(*why);
    auto effective = ci::effective_parameters(with_options(to_port(*project, *found), *found), wanted.parameters);
    if (!effective) co_return effective.error();
    if (auto why = useless_secret(*found, *effective)) co_return std::move(*why);
    for (auto& [name, value] : *effective) {
        if (name != "--inventory") continue;
        auto number = co_await inventory_number(server, *project, value);
        if (!number) co_return number.error();
        value = std::move(*number);
    }
    if (!std::all_of(effective->begin(), effective->end(), is_option) && !found->environment) {
        co_return base::error(base::error_kind::invalid, "the template \"" + found->name + "\" takes parameters but has no environment")
            .with_hint("Semaphore fails then; give it one, \"Empty\" will do");
    }
    ci::plan plan;
    plan.job = wanted.job;
    plan.job_name = found->name;
    plan.warnings = co_await warnings_of(server, *project, *found, *effective);
    plan.effective = std::move(*effective);
    plan.fingerprint = semaphore::fingerprint(*found);
    co_return plan;
}

semaphore::new_task task_of(ci::plan const& exactly, semaphore::job_template const& of, ci::run_key const& key) {
    semaphore::new_task task(of.id);
    task.message = message_with(key);
    for (auto const& [name, value] : exactly.effective) {
        if (set_option(task, name, value)) continue;
        auto const is_it = [&wanted = name](semaphore::survey_variable const& v) { return v.name == wanted; };
        auto const asked = std::find_if(of.survey.begin(), of.survey.end(), is_it);
        if (asked != of.survey.end() && asked->type == semaphore::survey_type::secret) {
            task.secrets.emplace_back(name, base::secret(value));
        } else {
            task.variables.emplace_back(name, value);
        }
    }
    return task;
}

}  // namespace chatrixcd::chatops::semaphore_ci
