// SPDX-License-Identifier: Apache-2.0
// A CI server in memory, for tests and simulations: its runs progress with a clock (a virtual one makes hours pass at once), its faults
// are scripted, and it counts what was started. It outlives the bot under test, as a real server does: destroy the bot, make another on
// the same scripted_ci, and see what it finds. Override a method for a fault that is not among the scripted ones. One thread; the clock
// must outlive it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/ci/schedules.hpp>
#include <chatrixcd/chatops/ci/server.hpp>

namespace chatrixcd::chatops::testing {

// How the runs of a job go. Fluent, so that a test reads as a sentence.
class scripted_job {
public:
    scripted_job(std::string in_project, std::string job_name);
    scripted_job&& queued_for(base::duration span) &&;                 // default: 1 s
    scripted_job&& runs_for(base::duration span) &&;                   // default: 2 s
    scripted_job&& ends(ci::outcome how, std::string detail = "") &&;  // default: success
    scripted_job&& prints(std::vector<std::string> lines) &&;          // spread evenly over the time it runs
    scripted_job&& waits_for_a_decision() &&;                          // when half of its time has passed
    scripted_job&& takes(ci::parameter_spec parameter) &&;

    ci::job described;
    base::duration queue_time = std::chrono::seconds(1);
    base::duration run_time = std::chrono::seconds(2);
    bool is_gated = false;
    ci::outcome outcome = ci::outcome::success;
    std::string detail;
    std::vector<std::string> lines;
};

// What goes wrong with a start.
enum class start_fault {
    refused,       // error `invalid`, not started
    unavailable,   // error `unavailable`, not started
    lost_before,   // error `timeout_unknown`, not started
    lost_after,    // error `timeout_unknown`, started
    hangs_before,  // never answers, not started; ended by cancellation only
    hangs_after,   // never answers, started
};

// What find() answers instead of the truth.
enum class find_fault { unknown, absent, unavailable };

class scripted_ci : public ci::server, private ci::logs, private ci::control, private ci::gates, private ci::schedules, private ci::events {
public:
    explicit scripted_ci(base::clock& time);
    ~scripted_ci() override;

    // The world. A project's id is its name; projects and jobs keep their order.
    void add_project(std::string name);
    void add_job(scripted_job job);  // adds its project if need be
    // Changes what a job is from now on; its fingerprint changes with it.
    void replace_job(scripted_job job);
    // What it would start by itself, if time passed for it.
    void add_schedule(ci::schedule what);
    std::vector<ci::schedule> const& all_schedules() const noexcept;
    // Whether a second start with the same key gives the run of the first. Default: no.
    void set_native_keys(bool on);
    // Whether there is an event facet. Default: no.
    void set_events(bool on);

    // Faults: each is used up by one call, in the order given; calls after that work.
    void next_start(start_fault fault);
    void next_find(find_fault fault);
    // The next decision about a gate does not arrive, and nobody learns that: timeout_unknown.
    void lose_next_decision();
    // Run ids are this and a number, as "7/" where a CI names the project in them.
    void begin_run_ids_with(std::string prefix);
    void fail_gets(std::size_t calls, base::error_kind kind = base::error_kind::unavailable);
    // Runs show in find() and runs() only this long after their start. Default: at once.
    void set_visible_after(base::duration span);
    // find() answers `unknown` for what started longer ago. Default: no limit.
    void set_memory(base::duration span);
    // Everything but faults scripted above answers `unavailable` while down.
    void set_down(bool down);

    // What happened.
    std::size_t starts() const noexcept;                           // runs that exist
    std::size_t starts_of(ci::run_key const& key) const noexcept;  // runs with the key: more than one is a job that ran twice
    std::size_t start_calls() const noexcept;                      // calls of start(), refused and lost ones included
    std::size_t get_calls() const noexcept;
    std::size_t decisions() const noexcept;  // that were taken
    std::vector<ci::run_key> keys() const;   // of all runs, oldest first
    std::optional<ci::run> state_of(ci::run_id const& id) const;

    boost::asio::awaitable<ci::result<ci::server_info>> info() override;
    boost::asio::awaitable<ci::result<ci::page<ci::project>>> projects(ci::page_request which) override;
    boost::asio::awaitable<ci::result<ci::page<ci::job>>> jobs(ci::project_id in, ci::job_query matching, ci::page_request which) override;
    boost::asio::awaitable<ci::result<ci::job>> job_details(ci::job_id id) override;
    boost::asio::awaitable<ci::result<ci::plan>> prepare(ci::run_request wanted) override;
    boost::asio::awaitable<ci::result<ci::started>> start(ci::plan exactly, ci::run_key key) override;
    boost::asio::awaitable<ci::result<ci::started>> resolve(ci::ticket waiting) override;
    boost::asio::awaitable<ci::result<ci::found>> find(ci::project_id in, ci::run_key key, ci::time_point since) override;
    boost::asio::awaitable<ci::result<ci::run>> get(ci::run_id id) override;
    boost::asio::awaitable<ci::result<ci::page<ci::run>>> runs(ci::run_query matching, ci::page_request which) override;
    ci::logs* log_facet() noexcept override { return this; }
    ci::control* control_facet() noexcept override { return this; }
    ci::gates* gate_facet() noexcept override { return this; }
    // Null while none was added.
    ci::schedules* schedule_facet() noexcept override;
    ci::events* event_facet() noexcept override;

private:
    struct state;

    ci::result<void> decide(ci::run_id const& id, bool goes_on);
    boost::asio::awaitable<ci::result<ci::log_chunk>> read(ci::run_id id, std::string cursor, std::size_t max_lines) override;
    boost::asio::awaitable<ci::result<ci::log_chunk>> tail(ci::run_id id, std::size_t lines) override;
    boost::asio::awaitable<ci::result<void>> cancel(ci::run_id id) override;
    void recall_cancel(ci::run_id const&) override {}  // its runs say so themselves
    boost::asio::awaitable<ci::result<void>> approve(ci::run_id id) override;
    boost::asio::awaitable<ci::result<void>> reject(ci::run_id id) override;
    boost::asio::awaitable<ci::result<ci::run>> next() override;
    boost::asio::awaitable<ci::result<std::vector<ci::schedule>>> list(ci::project_id in) override;
    boost::asio::awaitable<ci::result<void>> set_active(ci::schedule_id id, bool active) override;

    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::chatops::testing
