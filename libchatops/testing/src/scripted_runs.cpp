// SPDX-License-Identifier: Apache-2.0
#include "scripted_runs.hpp"

#include <algorithm>
#include <utility>

namespace chatrixcd::chatops::testing {
namespace {

// From the request to the end: long enough to be seen as `canceling`.
constexpr auto time_to_cancel = std::chrono::seconds(1);

bool is_secret(ci::job const& job, std::string const& name) {
    return std::any_of(job.parameters.begin(), job.parameters.end(),
                       [&](ci::parameter_spec const& spec) { return spec.name == name && spec.type == ci::parameter_type::secret; });
}

}  // namespace

scripted_run::scripted_run(ci::run_id id, ci::run_key key, scripted_job job, ci::parameter_values parameters, base::time_point created)
    : id_(std::move(id)), key_(std::move(key)), job_(std::move(job)), parameters_(std::move(parameters)), created_(created) {
    std::erase_if(parameters_, [&](auto const& pair) { return is_secret(job_.described, pair.first); });
}

base::time_point scripted_run::ends() const {
    if (canceled_) return *canceled_ + time_to_cancel;
    if (!job_.is_gated) return starts() + job_.run_time;
    if (!decided_) return base::time_point::max();
    return goes_on_ ? *decided_ + job_.run_time / 2 : *decided_;
}

ci::run scripted_run::at(base::time_point now) const {
    ci::run out;
    out.id = id_;
    out.job = job();
    out.job_name = job_.described.name;
    out.created = created_;
    out.parameters = parameters_;
    bool const was_started = starts() <= now && (!canceled_ || starts() <= *canceled_);
    if (was_started) out.started = starts();
    if (now >= ends()) {
        out.at = ci::phase::finished;
        bool const is_rejected = decided_ && !goes_on_;
        out.how = canceled_ ? ci::outcome::canceled : is_rejected ? ci::outcome::rejected : job_.outcome;
        out.raw = canceled_ ? "stopped" : "done";
        out.detail = canceled_ ? "stopped on request" : job_.detail;
        out.ended = ends();
    } else if (canceled_) {
        out.at = ci::phase::canceling;
        out.raw = "stopping";
    } else if (is_gated(now)) {
        out.at = ci::phase::gated;
        out.raw = "asking";
    } else if (was_started) {
        out.at = ci::phase::running;
        out.raw = "busy";
    } else {
        out.at = ci::phase::queued;
        out.raw = "waiting";
    }
    return out;
}

std::size_t scripted_run::lines_at(base::time_point now) const {
    auto const until = std::min(now, ends());
    if (until < starts()) return 0;
    if (until >= starts() + job_.run_time) return job_.lines.size();
    auto const gone = static_cast<std::size_t>((until - starts()).count());
    return job_.lines.size() * gone / static_cast<std::size_t>(job_.run_time.count());
}

std::optional<base::time_point> scripted_run::next_change(base::time_point now) const {
    if (now >= ends()) return std::nullopt;
    if (!canceled_ && now < starts()) return starts();
    if (is_gated(now)) return std::nullopt;
    if (job_.is_gated && !decided_ && !canceled_) return gate_opens();
    return ends();
}

bool scripted_run::decide(base::time_point now, bool goes_on) {
    if (!is_gated(now)) return false;
    decided_ = now;
    goes_on_ = goes_on;
    return true;
}

void scripted_run::cancel(base::time_point now) {
    if (!canceled_) canceled_ = now;
}

}  // namespace chatrixcd::chatops::testing
