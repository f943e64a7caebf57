// SPDX-License-Identifier: Apache-2.0
// Runs in executor.db: what happens inside the store's closures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/process.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/executor/run.hpp>

namespace chatrixcd::executor {

struct new_run {
    std::string key;
    std::string project;
    std::string job;
    std::string fingerprint;
    parameter_values parameters;  // without secrets
    run_state state = run_state::starting;
    base::time_point created;
};
struct stored_run {
    run_id id = 0;
    std::uint64_t revision = 0;
};
// With its stage and its step.
stored_run insert_run(base::transaction& in, new_run const& what);

// A step forward. Nothing leaves a finished state.
struct progress {
    run_state state = run_state::running;
    std::string detail;
    std::optional<base::process_exit> exit;
    base::time_point when;  // becomes `started` when running, `ended` when finished
};
// Returns the newest revision.
std::uint64_t advance_run(base::transaction& in, run_id id, progress const& to);
// Calls every unfinished run lost.
std::uint64_t lose_unfinished(base::transaction& in, progress const& to);

struct run_of_key {
    run_id id = 0;
    std::string project;
    std::string job;
    run_state state = run_state::queued;
};
std::optional<run_of_key> find_by_key(base::transaction& in, std::string const& key);
std::optional<run> load_run(base::transaction& in, run_id id);
std::vector<run> list_runs(base::transaction& in, run_filter const& matching);

std::uint64_t last_revision(base::transaction& in);
// The run with the lowest revision above `after`.
std::optional<run> next_changed(base::transaction& in, std::uint64_t after);

}  // namespace chatrixcd::executor
