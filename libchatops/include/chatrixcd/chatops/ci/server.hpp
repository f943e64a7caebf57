// SPDX-License-Identifier: Apache-2.0
// The interface against which CI adapters are written: a small mandatory core, and facets that are null where a server cannot. Values
// only; no vendor's types, no chat. Every call may be cancelled (system_error operation_aborted) and bounds its own time. The
// conformance test in chatops_testing takes any `server` and says what it gets wrong.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chatrixcd/chatops/ci/schedules.hpp>
#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::ci {

// Output of runs.
class logs {
public:
    virtual ~logs() = default;
    // Lines after `cursor` (empty: from the first), at most `max_lines` (1–10000). Repeating a cursor repeats its lines.
    virtual boost::asio::awaitable<result<log_chunk>> read(run_id id, std::string cursor, std::size_t max_lines) = 0;
    // The last lines there are now.
    virtual boost::asio::awaitable<result<log_chunk>> tail(run_id id, std::size_t lines) = 0;
};

// Power over runs.
class control {
public:
    virtual ~control() = default;
    // Asks a run to end. Idempotent; a finished run answers `conflict`. That it has ended is seen by get().
    virtual boost::asio::awaitable<result<void>> cancel(run_id id) = 0;
    // An earlier process asked this run to end, and has not seen its end. Of use where the server does not say itself that it was asked.
    virtual void recall_cancel(run_id const& id) = 0;
};

// News, pulled. Adapters resynchronise by themselves after a gap: an event may come twice, a change is never missed.
class events {
public:
    virtual ~events() = default;
    // Waits for a run that changed since the last call; returns its state now.
    virtual boost::asio::awaitable<result<run>> next() = 0;
};

// Runs that wait for somebody's decision: those in phase `gated`.
class gates {
public:
    virtual ~gates() = default;
    // Lets the run go on. Error conflict: it does not wait for a decision, or no more.
    virtual boost::asio::awaitable<result<void>> approve(run_id id) = 0;
    // Lets it not go on; it ends. Errors as above.
    virtual boost::asio::awaitable<result<void>> reject(run_id id) = 0;
};

// Reserved: its interface comes with the first server that has it; a null pointer says "cannot".
class artifacts;

class server {
public:
    virtual ~server() = default;

    virtual boost::asio::awaitable<result<server_info>> info() = 0;
    // What it does otherwise than its facets promise, each in a few words behind "it": "cannot reject: …". Only for people. Default:
    // nothing.
    virtual boost::asio::awaitable<result<std::vector<std::string>>> remarks();
    virtual boost::asio::awaitable<result<page<project>>> projects(page_request which) = 0;
    virtual boost::asio::awaitable<result<page<job>>> jobs(project_id in, job_query matching, page_request which) = 0;
    // With complete parameter specifications. `not_found` if there is no such job.
    virtual boost::asio::awaitable<result<job>> job_details(job_id id) = 0;
    // Never starts anything. `invalid` names the parameter that is unknown, missing or of the wrong type, and what would be right.
    virtual boost::asio::awaitable<result<plan>> prepare(run_request wanted) = 0;
    // The only call that is not idempotent. Errors: `timeout_unknown` = it may have started: ask find() before anything else; every
    // other kind = it has certainly not started.
    virtual boost::asio::awaitable<result<started>> start(plan exactly, run_key key) = 0;
    // The run of a ticket; the ticket again while the server has not named it yet.
    virtual boost::asio::awaitable<result<started>> resolve(ticket waiting) = 0;
    // Looks for a run by its key among those created since `since`.
    virtual boost::asio::awaitable<result<found>> find(project_id in, run_key key, time_point since) = 0;
    virtual boost::asio::awaitable<result<run>> get(run_id id) = 0;
    // Newest first.
    virtual boost::asio::awaitable<result<page<run>>> runs(run_query matching, page_request which) = 0;

    virtual logs* log_facet() noexcept { return nullptr; }
    virtual control* control_facet() noexcept { return nullptr; }
    virtual gates* gate_facet() noexcept { return nullptr; }
    virtual artifacts* artifact_facet() noexcept { return nullptr; }
    virtual schedules* schedule_facet() noexcept { return nullptr; }
    virtual events* event_facet() noexcept { return nullptr; }
};

}  // namespace chatrixcd::chatops::ci
