// SPDX-License-Identifier: Apache-2.0
// A local CI server: runs the jobs of its projects as processes of this machine, a bounded number at a time, first come, first served.
//
// Everything happens on one executor, which is single-threaded; `executor.db` has a thread of its own. The server owns its runs: they
// go on when whoever started them is cancelled, and end with stop(). If this process dies, its jobs die with it; the next open() finds
// those runs unfinished and calls them lost. No run is ever started twice: its row, under its key, is committed before its process
// is started. The clock, the spawner and the executor outlive the server.
//
// Errors that any call may give: `environment`, the database cannot do its work.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/executor/definition.hpp>
#include <chatrixcd/executor/run.hpp>
#include <chatrixcd/executor/spawner.hpp>

namespace chatrixcd::executor {

class options {
public:
    options() = default;
    std::vector<project> projects;
    std::string store_folder;          // made if missing; holds executor.db. Its lock is the caller's business. Empty: in memory
    base::store_key_source store_key;  // none: parameters and output are kept in the clear
    std::function<std::unique_ptr<base::store_runner>()> store_runner = base::make_store_thread;
    base::store_hooks store_hooks;  // for fault injection
    base::logger log;
    std::string path = "/usr/local/bin:/usr/bin:/bin";  // PATH of every job that does not set its own
    std::size_t max_running = 4;                        // at least 1
    std::size_t max_queued = 1000;
    base::duration grace = std::chrono::seconds(10);  // between SIGTERM and SIGKILL
    // Kept of a run's output: its first and its last half of this; each line counts 32 bytes more than it has. Held in memory as long
    // as the job runs.
    std::size_t max_output = 4 * 1024 * 1024;
    std::size_t max_line = 8 * 1024;
    // Of at least so many runs, the newest, output is kept, and of at most 50 more; of older ones a line that says that it is not. Runs
    // themselves and their keys stay.
    std::size_t keep_output_of = 1000;
};

// A job's environment holds PATH and what its definition lists, nothing else.
class server {
public:
    server(boost::asio::any_io_executor executor, base::clock& time, spawner& processes, options settings);
    // After stop(), or without open().
    ~server();
    server(server const&) = delete;
    server& operator=(server const&) = delete;

    // Checks the definitions, opens the database, and calls every run lost that is not finished. Once, before any other call.
    // Errors: invalid (the first problem of the definitions), environment.
    boost::asio::awaitable<base::result<void>> open();
    // Refuses new starts, cancels every run, waits for their end (at most about `grace`), closes the database. Not cancellable.
    boost::asio::awaitable<void> stop();

    std::vector<project> const& projects() const noexcept;
    // Null if there is no such thing.
    project const* find_project(std::string_view name) const noexcept;
    job const* find_job(std::string_view project, std::string_view name) const noexcept;

    // Starts a job, or puts it in the queue, once its row is committed. A second start with the same key is the same run, whatever its
    // parameters; for another job it is a `conflict`. Errors: not_found, invalid, conflict, unavailable (too many wait, or stopping),
    // environment: nothing was started; timeout_unknown: the database failed in between, ask find().
    boost::asio::awaitable<base::result<run_id>> start(start_request what);
    // The run of a key, if there is one: never a guess.
    boost::asio::awaitable<base::result<std::optional<run_id>>> find(std::string key);
    // Error not_found.
    boost::asio::awaitable<base::result<run>> get(run_id id);
    // Newest first.
    boost::asio::awaitable<base::result<std::vector<run>>> runs(run_filter matching);
    // Asks a run to end: SIGTERM to its process group, SIGKILL after the grace. Again while it is ending: nothing new.
    // Errors: not_found, conflict (it has ended).
    boost::asio::awaitable<base::result<void>> cancel(run_id id);

    // At most `max_lines` lines from number `first` on. Error not_found.
    boost::asio::awaitable<base::result<output_lines>> output(run_id id, std::uint64_t first, std::size_t max_lines);
    // The last lines there are now. Error not_found.
    boost::asio::awaitable<base::result<output_lines>> tail(run_id id, std::size_t lines);

    // Waits for a run whose revision is above `after`, and returns the one that has the lowest, as it is now: going on from its
    // revision misses no change. Cancellable.
    boost::asio::awaitable<base::result<run>> changes(std::uint64_t after);
    // Where changes() begin for whoever came with this open(): the runs that it called lost are above.
    std::uint64_t revision_before_open() const noexcept;

private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

}  // namespace chatrixcd::executor
