// SPDX-License-Identifier: Apache-2.0
// What is known of a run, as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/executor/definition.hpp>

namespace chatrixcd::executor {

// Numbered from 1 in the order in which they were started; never reused.
using run_id = std::int64_t;

enum class run_state : std::uint8_t {
    queued,    // waits for its turn
    starting,  // its process is about to be started
    running,
    canceling,  // told to end, because of cancel(), stop() or its time-out
    // From here on finished:
    success,  // exit status 0
    failure,  // another exit status, or killed by a signal that we did not send
    error,    // its process could not be started
    canceled,
    timed_out,
    lost,  // this server ended, or lost sight of it, before the run did; it does not run any more and is never started again
};
bool is_finished(run_state state) noexcept;
// The word as it stands above.
std::string_view to_string(run_state state) noexcept;
std::optional<run_state> run_state_from(std::string_view word) noexcept;

class run {
public:
    run() = default;
    run_id id = 0;
    std::string key;
    std::string project;
    std::string job;
    run_state state = run_state::queued;
    std::string detail;           // one line: "exit status 3", "killed by signal 9", "no such program: /bin/nope"; may be empty
    parameter_values parameters;  // secrets absent
    base::time_point created;
    std::optional<base::time_point> started;  // of its process
    std::optional<base::time_point> ended;
    std::uint64_t revision = 0;  // grows with every change of any run of this server
    friend bool operator==(run const&, run const&) = default;
};

class start_request {
public:
    start_request() = default;
    start_request(std::string in_project, std::string what, parameter_values with, std::string under_key)
        : project(std::move(in_project)), job(std::move(what)), parameters(std::move(with)), key(std::move(under_key)) {}
    std::string project;
    std::string job;
    parameter_values parameters;
    std::string key;          // 1–64 characters of [A-Za-z0-9_-]
    std::string fingerprint;  // if not empty: the job must still be the one that had it, else `conflict`
};

class run_filter {
public:
    run_filter() = default;
    std::optional<std::string> project;
    std::optional<base::time_point> since;  // created then or later
    std::optional<run_id> before;           // older than this one
    std::size_t limit = 100;                // 1–1000
};

// Lines of a run's output, counted from 0. A line that was too long ends in a mark; where lines were left out in the middle of a
// long output, one line says how many.
struct output_lines {
    std::vector<std::string> lines;
    std::uint64_t next = 0;  // the number of the line after these
    bool complete = false;   // nothing will follow
    bool truncated = false;  // lines are missing before or among these
};

}  // namespace chatrixcd::executor
