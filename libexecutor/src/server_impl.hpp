// SPDX-License-Identifier: Apache-2.0
// The server's insides. Calls keep it alive until they return, since a caller may be resumed after the server has gone.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/executor/server.hpp>

#include "run/active_run.hpp"
#include "run/driver.hpp"
#include "run/slots.hpp"
#include "store/ledger.hpp"
#include "store/runs.hpp"

namespace chatrixcd::executor {

struct server::impl {
    impl(boost::asio::any_io_executor on, base::clock& clock, spawner& processes, options given);

    // What a start needs, checked before anything is stored.
    struct candidate {
        new_run row;
        base::process_spec spec;
        base::duration timeout{0};
    };
    base::result<candidate> examine(start_request const& what) const;
    // The run of the key, with a doubtful start of it settled.
    boost::asio::awaitable<base::result<std::optional<run_of_key>>> look_up(std::string key);
    // Commits the row, then sets the run going.
    boost::asio::awaitable<base::result<run_id>> insert(candidate what);
    void launch(std::shared_ptr<active_run> run, stored_run where, new_run const& row);
    boost::asio::awaitable<void> drive(std::shared_ptr<active_run> run, run_state state);
    std::shared_ptr<active_run> active_of(run_id id) const;
    boost::asio::awaitable<base::result<run>> load(run_id id);
    boost::asio::awaitable<base::result<output_lines>> output(run_id id, std::uint64_t first, std::size_t max_lines);

    boost::asio::any_io_executor executor;
    base::clock& time;
    options settings;
    ledger book;
    driver drives;
    slots places;
    std::map<run_id, std::shared_ptr<active_run>> active;
    base::task_group tasks;
    // Keys whose start is under way: a second start, or a search, waits for its outcome.
    std::set<std::string> starting;
    base::notifier start_ended;
    // Keys whose row may have been stored although the database said no: no process was started for them, and none will be.
    std::set<std::string> doubtful;
    std::uint64_t revision_before_open = 0;
    bool stopping = false;
};

}  // namespace chatrixcd::executor
