// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace chatrixcd::chatops::semaphore_ci {

using base::error;
using base::error_kind;
using semaphore::task_status;

namespace {

constexpr std::string_view message_prefix = "ChatrixCD ";

ci::parameter_type to_port(semaphore::survey_type type) {
    switch (type) {
        case semaphore::survey_type::integer:
            return ci::parameter_type::integer;
        case semaphore::survey_type::choice:
            return ci::parameter_type::choice;
        case semaphore::survey_type::secret:
            return ci::parameter_type::secret;
        case semaphore::survey_type::several:
        case semaphore::survey_type::text:
            break;
    }
    return ci::parameter_type::text;
}

std::string help_of(semaphore::survey_variable const& what) {
    if (!what.description.empty()) return what.description;
    return what.title == what.name ? std::string() : what.title;
}

ci::parameter_spec to_port(semaphore::survey_variable const& what) {
    ci::parameter_spec spec;
    spec.name = what.name;
    spec.help = help_of(what);
    spec.type = to_port(what.type);
    spec.required = what.required;
    if (!what.defaults.empty() && what.type != semaphore::survey_type::secret) spec.default_value = what.defaults.front();
    if (spec.type == ci::parameter_type::choice) {
        for (auto const& choice : what.choices) spec.choices.push_back(choice.second);
    }
    return spec;
}

// How a task ended. One that has an end and no last status was confirmed when nothing waited, or lost by a restart of the server.
ci::outcome outcome_of(semaphore::task const& what, interference done) {
    if (what.status == task_status::rejected || done == interference::rejected) return ci::outcome::rejected;
    if (what.status == task_status::success) return ci::outcome::success;
    if (what.status == task_status::stopped || done == interference::canceled) return ci::outcome::canceled;
    if (what.status != task_status::error) return ci::outcome::lost;
    return what.start ? ci::outcome::failure : ci::outcome::error;
}

ci::phase phase_of(semaphore::task const& what) {
    if (what.is_finished()) return ci::phase::finished;
    switch (what.status) {
        case task_status::waiting:
            return ci::phase::queued;
        case task_status::waiting_confirmation:
            return ci::phase::gated;
        case task_status::stopping:
            return ci::phase::canceling;
        default:
            return ci::phase::running;
    }
}

std::string detail_of(semaphore::task const& what, ci::outcome how) {
    switch (how) {
        case ci::outcome::failure:
            return "the task failed; its log says why";
        case ci::outcome::error:
            return "the task failed before it ran; its log says why";
        case ci::outcome::lost:
            return "the task has ended as \"" + what.raw_status + "\": whether it did its work is not known";
        default:
            return {};
    }
}

}  // namespace

ci::project to_port(semaphore::project const& what) { return {ci::project_id(what.id.str()), what.name, std::string()}; }

ci::job to_port(semaphore::project_id in, semaphore::job_template const& what) {
    ci::job job;
    job.id = ci::job_id(ci::project_id(in.str()), what.id.str());
    job.name = what.name;
    job.description = what.description;
    for (auto const& each : what.survey) job.parameters.push_back(to_port(each));
    return job;
}

ci::run to_port(semaphore::task const& what, std::string url, interference done) {
    ci::run run;
    run.id = to_run_id(task_name{what.project, what.id});
    run.job = ci::job_id(ci::project_id(what.project.str()), what.of.str());
    run.job_name = what.template_name;
    run.at = phase_of(what);
    if (run.at == ci::phase::finished) run.how = outcome_of(what, done);
    run.raw = what.raw_status;
    run.detail = detail_of(what, run.how);
    // Databases cut each time to another precision, and a confirmation moves the start.
    run.created = what.created;
    run.started = what.start;
    if (run.created && run.started) run.started = std::max(*run.created, *run.started);
    if (run.at == ci::phase::finished) run.ended = what.end;
    if (run.started && run.ended) run.ended = std::max(*run.started, *run.ended);
    run.parameters = what.variables;
    run.url = std::move(url);
    return run;
}

std::optional<std::int64_t> to_number(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

ci::result<semaphore::project_id> to_project(ci::project_id const& id) {
    if (auto const number = to_number(id.str())) return semaphore::project_id(*number);
    return error(error_kind::not_found, "there is no project \"" + id.str() + "\"").with_hint("project ids are numbers");
}

ci::result<semaphore::template_id> to_template(ci::job_id const& id) {
    if (auto const number = to_number(id.name)) return semaphore::template_id(*number);
    return error(error_kind::not_found, "there is no template \"" + id.name + "\"").with_hint("template ids are numbers");
}

ci::run_id to_run_id(task_name const& of) { return ci::run_id(of.project.str() + "/" + of.task.str()); }

ci::result<task_name> to_task(ci::run_id const& id) {
    auto const& text = id.str();
    auto const slash = text.find('/');
    auto const project = to_number(std::string_view(text).substr(0, slash));
    auto const task = slash == std::string::npos ? std::nullopt : to_number(std::string_view(text).substr(slash + 1));
    if (project && task) return task_name{semaphore::project_id(*project), semaphore::task_id(*task)};
    return error(error_kind::not_found, "there is no run \"" + text + "\"").with_hint("run ids are PROJECT/TASK");
}

std::string message_with(ci::run_key const& key, std::string const& words) {
    return std::string(message_prefix) + key.str() + (words.empty() ? "" : " " + words);
}

std::string key_in(std::string_view message) {
    if (!message.starts_with(message_prefix)) return {};
    auto const rest = message.substr(message_prefix.size());
    return std::string(rest.substr(0, rest.find(' ')));
}

}  // namespace chatrixcd::chatops::semaphore_ci
