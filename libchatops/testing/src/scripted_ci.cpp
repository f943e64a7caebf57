// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/testing/scripted_ci.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <utility>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/ci/json.hpp>
#include <chatrixcd/chatops/ci/parameters.hpp>

#include "pages.hpp"
#include "scripted_runs.hpp"

namespace chatrixcd::chatops::testing {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr auto for_ever = std::chrono::hours(24 * 365 * 10);

error down() { return error(error_kind::unavailable, "The CI server does not answer."); }
error no_run(ci::run_id const& id) { return error(error_kind::not_found, "There is no run " + id.str() + "."); }
error no_job(ci::job_id const& id) { return error(error_kind::not_found, "There is no job " + id.name + " in " + id.project.str() + "."); }

std::string fingerprint_of(ci::job const& job) {
    return std::to_string(std::hash<std::string>()(boost::json::serialize(ci::to_json(job))));
}

awaitable<bool> notified(base::notifier& changed) {
    co_await changed.wait();
    co_return true;
}

template <class T>
std::optional<T> take_first(std::deque<T>& queue) {
    if (queue.empty()) return std::nullopt;
    T first = queue.front();
    queue.pop_front();
    return first;
}

}  // namespace

scripted_job::scripted_job(std::string in_project, std::string job_name) {
    described.id = ci::job_id(ci::project_id(std::move(in_project)), job_name);
    described.name = std::move(job_name);
}
scripted_job&& scripted_job::queued_for(base::duration span) && {
    queue_time = span;
    return std::move(*this);
}
scripted_job&& scripted_job::runs_for(base::duration span) && {
    run_time = span;
    return std::move(*this);
}
scripted_job&& scripted_job::ends(ci::outcome how, std::string words) && {
    outcome = how;
    detail = std::move(words);
    return std::move(*this);
}
scripted_job&& scripted_job::prints(std::vector<std::string> output) && {
    lines = std::move(output);
    return std::move(*this);
}
scripted_job&& scripted_job::waits_for_a_decision() && {
    is_gated = true;
    return std::move(*this);
}
scripted_job&& scripted_job::takes(ci::parameter_spec parameter) && {
    described.parameters.push_back(std::move(parameter));
    return std::move(*this);
}

struct scripted_ci::state {
    explicit state(base::clock& clock) : time(clock) {}

    base::clock& time;
    std::vector<ci::project> projects;
    std::vector<scripted_job> jobs;
    std::vector<scripted_run> runs;  // oldest first
    std::deque<start_fault> start_faults;
    std::deque<find_fault> find_faults;
    std::deque<error_kind> get_faults;
    base::duration visible_after{0};
    std::optional<base::duration> memory;
    std::size_t start_calls = 0;
    std::size_t get_calls = 0;
    std::size_t decisions = 0;
    std::vector<ci::schedule> schedules;
    std::string id_prefix;
    bool loses_decision = false;
    bool native_keys = false;
    bool has_events = false;
    bool is_down = false;
    std::map<ci::run_id, ci::run> told;       // by the event facet
    std::unique_ptr<base::notifier> changed;  // made with the executor of whoever waits first

    scripted_job* find_job(ci::job_id const& id) {
        auto const it = std::find_if(jobs.begin(), jobs.end(), [&](scripted_job const& job) { return job.described.id == id; });
        return it == jobs.end() ? nullptr : &*it;
    }
    scripted_run* find_run(ci::run_id const& id) {
        auto const it = std::find_if(runs.begin(), runs.end(), [&](scripted_run const& run) { return run.id() == id; });
        return it == runs.end() ? nullptr : &*it;
    }
    scripted_run* find_run(ci::run_key const& key) {
        auto const it = std::find_if(runs.begin(), runs.end(), [&](scripted_run const& run) { return run.key() == key; });
        return it == runs.end() ? nullptr : &*it;
    }
    bool visible(scripted_run const& run) const { return run.created() + visible_after <= time.now(); }

    ci::run_id begin(scripted_job const& job, ci::plan const& plan, ci::run_key const& key) {
        runs.emplace_back(ci::run_id(id_prefix + std::to_string(runs.size() + 1)), key, job, plan.effective, time.now());
        if (changed) changed->notify_all();
        return runs.back().id();
    }
};

scripted_ci::scripted_ci(base::clock& time) : state_(std::make_unique<state>(time)) {}
scripted_ci::~scripted_ci() = default;

void scripted_ci::add_project(std::string name) {
    ci::project project;
    project.id = ci::project_id(name);
    project.name = std::move(name);
    state_->projects.push_back(std::move(project));
}

void scripted_ci::add_job(scripted_job job) {
    auto const& id = job.described.id.project;
    bool const known = std::any_of(state_->projects.begin(), state_->projects.end(), [&](ci::project const& p) { return p.id == id; });
    if (!known) add_project(id.str());
    state_->jobs.push_back(std::move(job));
}

void scripted_ci::replace_job(scripted_job job) {
    if (auto* const old = state_->find_job(job.described.id)) *old = std::move(job);
}

void scripted_ci::set_native_keys(bool on) { state_->native_keys = on; }
void scripted_ci::set_events(bool on) { state_->has_events = on; }
void scripted_ci::next_start(start_fault fault) { state_->start_faults.push_back(fault); }
void scripted_ci::next_find(find_fault fault) { state_->find_faults.push_back(fault); }
void scripted_ci::begin_run_ids_with(std::string prefix) { state_->id_prefix = std::move(prefix); }
void scripted_ci::fail_gets(std::size_t calls, base::error_kind kind) { state_->get_faults.insert(state_->get_faults.end(), calls, kind); }
void scripted_ci::set_visible_after(base::duration span) { state_->visible_after = span; }
void scripted_ci::set_memory(base::duration span) { state_->memory = span; }
void scripted_ci::set_down(bool is_down) {
    state_->is_down = is_down;
    if (state_->changed) state_->changed->notify_all();
}

std::size_t scripted_ci::starts() const noexcept { return state_->runs.size(); }
std::size_t scripted_ci::starts_of(ci::run_key const& key) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(state_->runs.begin(), state_->runs.end(), [&](scripted_run const& run) { return run.key() == key; }));
}
std::size_t scripted_ci::start_calls() const noexcept { return state_->start_calls; }
std::size_t scripted_ci::decisions() const noexcept { return state_->decisions; }
std::size_t scripted_ci::get_calls() const noexcept { return state_->get_calls; }
std::vector<ci::run_key> scripted_ci::keys() const {
    std::vector<ci::run_key> out;
    for (auto const& run : state_->runs) out.push_back(run.key());
    return out;
}
std::optional<ci::run> scripted_ci::state_of(ci::run_id const& id) const {
    auto const* const run = state_->find_run(id);
    if (run == nullptr) return std::nullopt;
    return run->at(state_->time.now());
}

awaitable<ci::result<ci::server_info>> scripted_ci::info() {
    if (state_->is_down) co_return down();
    ci::server_info out;
    out.kind = "scripted";
    out.version = "1";
    out.keyed_start_native = state_->native_keys;
    co_return out;
}

awaitable<ci::result<ci::page<ci::project>>> scripted_ci::projects(ci::page_request which) {
    if (state_->is_down) co_return down();
    co_return page_of(state_->projects, which);
}

awaitable<ci::result<ci::page<ci::job>>> scripted_ci::jobs(ci::project_id in, ci::job_query matching, ci::page_request which) {
    if (state_->is_down) co_return down();
    bool const known = std::any_of(state_->projects.begin(), state_->projects.end(), [&](ci::project const& p) { return p.id == in; });
    if (!known) co_return error(error_kind::not_found, "There is no project " + in.str() + ".");
    std::vector<ci::job> found;
    for (auto const& job : state_->jobs) {
        bool const fits = job.described.id.project == in && job.described.name.find(matching.text) != std::string::npos;
        if (fits) found.push_back(job.described);
    }
    co_return page_of(found, which);
}

awaitable<ci::result<ci::job>> scripted_ci::job_details(ci::job_id id) {
    if (state_->is_down) co_return down();
    auto const* const job = state_->find_job(id);
    if (job == nullptr) co_return no_job(id);
    co_return job->described;
}

awaitable<ci::result<ci::plan>> scripted_ci::prepare(ci::run_request wanted) {
    if (state_->is_down) co_return down();
    auto const* const job = state_->find_job(wanted.job);
    if (job == nullptr) co_return no_job(wanted.job);
    auto effective = ci::effective_parameters(job->described, wanted.parameters);
    if (!effective) co_return effective.error();
    ci::plan out;
    out.job = wanted.job;
    out.job_name = job->described.name;
    out.effective = std::move(*effective);
    out.fingerprint = fingerprint_of(job->described);
    co_return out;
}

awaitable<ci::result<ci::started>> scripted_ci::start(ci::plan exactly, ci::run_key key) {
    ++state_->start_calls;
    auto const fault = take_first(state_->start_faults);
    if (fault == start_fault::refused) co_return error(error_kind::invalid, "The CI server refused to start this.");
    if (fault == start_fault::unavailable || state_->is_down) co_return down();
    auto const* const job = state_->find_job(exactly.job);
    if (job == nullptr) co_return no_job(exactly.job);
    auto const lost = error(error_kind::timeout_unknown, "The CI server took the request but did not answer.");
    if (fault == start_fault::lost_before) co_return lost;
    if (fault == start_fault::hangs_before) {
        co_await state_->time.sleep(for_ever);
        co_return lost;
    }
    ci::run_id id;
    auto const* const before = state_->native_keys ? state_->find_run(key) : nullptr;
    if (before != nullptr) {
        id = before->id();
    } else {
        id = state_->begin(*job, exactly, key);
    }
    if (fault == start_fault::lost_after) co_return lost;
    if (fault == start_fault::hangs_after) {
        co_await state_->time.sleep(for_ever);
        co_return lost;
    }
    co_return ci::started(std::move(id));
}

awaitable<ci::result<ci::started>> scripted_ci::resolve(ci::ticket waiting) {
    co_return error(error_kind::not_found, "I gave no ticket " + waiting.str() + ".");
}

awaitable<ci::result<ci::found>> scripted_ci::find(ci::project_id in, ci::run_key key, ci::time_point since) {
    auto const fault = take_first(state_->find_faults);
    if (fault == find_fault::unavailable || state_->is_down) co_return down();
    if (fault == find_fault::unknown) co_return ci::found(ci::unknown());
    if (fault == find_fault::absent) co_return ci::found(ci::absent());
    for (auto const& run : state_->runs) {
        bool const fits = run.job().project == in && run.key() == key && run.created() >= since && state_->visible(run);
        if (!fits) continue;
        ci::found_run hit;
        hit.id = run.id();
        co_return ci::found(std::move(hit));
    }
    bool const reaches_back = !state_->memory || since >= state_->time.now() - *state_->memory;
    if (!reaches_back) co_return ci::found(ci::unknown());
    co_return ci::found(ci::absent());
}

awaitable<ci::result<ci::run>> scripted_ci::get(ci::run_id id) {
    ++state_->get_calls;
    if (auto const fault = take_first(state_->get_faults)) co_return error(*fault, "The CI server does not tell how the run stands.");
    if (state_->is_down) co_return down();
    auto const* const run = state_->find_run(id);
    if (run == nullptr) co_return no_run(id);
    co_return run->at(state_->time.now());
}

awaitable<ci::result<ci::page<ci::run>>> scripted_ci::runs(ci::run_query matching, ci::page_request which) {
    if (state_->is_down) co_return down();
    std::vector<ci::run> found;
    for (auto it = state_->runs.rbegin(); it != state_->runs.rend(); ++it) {
        bool const fits = (!matching.project || it->job().project == *matching.project) &&
                          (!matching.since || it->created() >= *matching.since) && state_->visible(*it);
        if (fits) found.push_back(it->at(state_->time.now()));
    }
    co_return page_of(found, which);
}

ci::events* scripted_ci::event_facet() noexcept { return state_->has_events ? this : nullptr; }

awaitable<ci::result<ci::log_chunk>> scripted_ci::read(ci::run_id id, std::string cursor, std::size_t max_lines) {
    if (state_->is_down) co_return down();
    auto const* const run = state_->find_run(id);
    if (run == nullptr) co_return no_run(id);
    auto const offset = offset_of(cursor);
    if (!offset) co_return offset.error();
    auto const now = state_->time.now();
    auto const printed = run->lines_at(now);
    ci::log_chunk out;
    auto next = std::min(*offset, printed);
    while (next < printed && out.lines.size() < max_lines) out.lines.push_back(run->lines()[next++]);
    out.next = std::to_string(next);
    out.complete = next == printed && run->at(now).at == ci::phase::finished;
    co_return out;
}

awaitable<ci::result<ci::log_chunk>> scripted_ci::tail(ci::run_id id, std::size_t lines) {
    auto const* const run = state_->find_run(id);
    std::size_t first = 0;
    if (run != nullptr) {
        auto const printed = run->lines_at(state_->time.now());
        first = printed - std::min(printed, lines);
    }
    auto cursor = std::to_string(first);
    co_return co_await read(std::move(id), std::move(cursor), lines);
}

awaitable<ci::result<void>> scripted_ci::cancel(ci::run_id id) {
    if (state_->is_down) co_return down();
    auto* const run = state_->find_run(id);
    if (run == nullptr) co_return no_run(id);
    auto const now = state_->time.now();
    if (run->at(now).at == ci::phase::finished) co_return error(error_kind::conflict, "The run has ended already.");
    run->cancel(now);
    if (state_->changed) state_->changed->notify_all();
    co_return ci::result<void>();
}

void scripted_ci::lose_next_decision() { state_->loses_decision = true; }

ci::result<void> scripted_ci::decide(ci::run_id const& id, bool goes_on) {
    if (state_->is_down) return down();
    if (std::exchange(state_->loses_decision, false)) return error(error_kind::timeout_unknown, "The answer did not come.");
    auto* const run = state_->find_run(id);
    if (run == nullptr) return no_run(id);
    if (!run->decide(state_->time.now(), goes_on)) return error(error_kind::conflict, "The run does not wait for a decision.");
    ++state_->decisions;
    if (state_->changed) state_->changed->notify_all();
    return {};
}

awaitable<ci::result<void>> scripted_ci::approve(ci::run_id id) { co_return decide(id, /*goes_on=*/true); }
awaitable<ci::result<void>> scripted_ci::reject(ci::run_id id) { co_return decide(id, /*goes_on=*/false); }

awaitable<ci::result<ci::run>> scripted_ci::next() {
    auto executor = co_await boost::asio::this_coro::executor;
    if (!state_->changed) state_->changed = std::make_unique<base::notifier>(std::move(executor));
    for (;;) {
        if (state_->is_down) co_return down();
        auto const now = state_->time.now();
        std::optional<base::time_point> wake;
        for (auto const& run : state_->runs) {
            auto current = run.at(now);
            auto& before = state_->told[run.id()];
            if (before.id != current.id || before.at != current.at || before.how != current.how) {
                before = current;
                co_return current;
            }
            auto const change = run.next_change(now);
            if (change && (!wake || *change < *wake)) wake = change;
        }
        if (wake) {
            co_await base::with_timeout(state_->time, notified(*state_->changed), *wake - now);
        } else {
            co_await state_->changed->wait();
        }
    }
}

void scripted_ci::add_schedule(ci::schedule what) { state_->schedules.push_back(std::move(what)); }
std::vector<ci::schedule> const& scripted_ci::all_schedules() const noexcept { return state_->schedules; }
ci::schedules* scripted_ci::schedule_facet() noexcept { return state_->schedules.empty() ? nullptr : this; }

awaitable<ci::result<std::vector<ci::schedule>>> scripted_ci::list(ci::project_id in) {
    if (state_->is_down) co_return down();
    std::vector<ci::schedule> all;
    for (auto const& each : state_->schedules) {
        if (each.starts.project == in) all.push_back(each);
    }
    co_return all;
}

awaitable<ci::result<void>> scripted_ci::set_active(ci::schedule_id id, bool active) {
    if (state_->is_down) co_return down();
    for (auto& each : state_->schedules) {
        if (each.id != id) continue;
        each.active = active;
        co_return ci::result<void>();
    }
    co_return error(error_kind::not_found, "There is no schedule " + id.str() + ".");
}

}  // namespace chatrixcd::chatops::testing
