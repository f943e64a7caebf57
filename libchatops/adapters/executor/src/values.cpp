// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include <charconv>
#include <tuple>
#include <utility>

namespace chatrixcd::chatops::executor_ci {

namespace {

ci::parameter_type to_port(executor::parameter_type type) {
    switch (type) {
        case executor::parameter_type::integer:
            return ci::parameter_type::integer;
        case executor::parameter_type::boolean:
            return ci::parameter_type::boolean;
        case executor::parameter_type::choice:
            return ci::parameter_type::choice;
        case executor::parameter_type::secret:
            return ci::parameter_type::secret;
        case executor::parameter_type::text:
            break;
    }
    return ci::parameter_type::text;
}

ci::parameter_spec to_port(executor::parameter const& what) {
    ci::parameter_spec spec;
    spec.name = what.name;
    spec.help = what.help;
    spec.type = to_port(what.type);
    spec.required = what.required;
    spec.default_value = what.default_value;
    spec.choices = what.choices;
    return spec;
}

std::pair<ci::phase, ci::outcome> to_port(executor::run_state state) {
    using executor::run_state;
    switch (state) {
        case run_state::queued:
        case run_state::starting:
            return {ci::phase::queued, ci::outcome::none};
        case run_state::running:
            return {ci::phase::running, ci::outcome::none};
        case run_state::canceling:
            return {ci::phase::canceling, ci::outcome::none};
        case run_state::success:
            return {ci::phase::finished, ci::outcome::success};
        case run_state::failure:
            return {ci::phase::finished, ci::outcome::failure};
        case run_state::error:
            return {ci::phase::finished, ci::outcome::error};
        case run_state::canceled:
            return {ci::phase::finished, ci::outcome::canceled};
        case run_state::timed_out:
            return {ci::phase::finished, ci::outcome::timed_out};
        case run_state::lost:
            break;
    }
    return {ci::phase::finished, ci::outcome::lost};
}

}  // namespace

ci::project to_port(executor::project const& what) { return {ci::project_id(what.name), what.name, what.description}; }

ci::job to_port(executor::project const& in, executor::job const& what) {
    ci::job job;
    job.id = ci::job_id(ci::project_id(in.name), what.name);
    job.name = what.name;
    job.description = what.description;
    for (auto const& each : what.parameters) job.parameters.push_back(to_port(each));
    return job;
}

ci::run to_port(executor::run const& what) {
    ci::run run;
    run.id = ci::run_id(std::to_string(what.id));
    run.job = ci::job_id(ci::project_id(what.project), what.job);
    run.job_name = what.job;
    std::tie(run.at, run.how) = to_port(what.state);
    run.raw = to_string(what.state);
    run.detail = what.detail;
    run.created = what.created;
    run.started = what.started;
    run.ended = what.ended;
    run.parameters = what.parameters;
    return run;
}

ci::log_chunk to_port(executor::output_lines lines) {
    ci::log_chunk chunk;
    chunk.lines = std::move(lines.lines);
    chunk.next = std::to_string(lines.next);
    chunk.complete = lines.complete;
    chunk.truncated = lines.truncated;
    return chunk;
}

std::optional<std::int64_t> to_number(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

ci::result<executor::run_id> to_run_id(ci::run_id const& id) {
    if (auto const number = to_number(id.str())) return *number;
    return base::error(base::error_kind::not_found, "there is no run \"" + id.str() + "\"").with_hint("run ids are numbers");
}

}  // namespace chatrixcd::chatops::executor_ci
