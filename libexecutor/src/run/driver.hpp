// SPDX-License-Identifier: Apache-2.0
// Brings one run from its row to its end: waits for its turn, starts its process, watches it, stores what it wrote and how it ended.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/executor/spawner.hpp>

#include "run/active_run.hpp"
#include "store/ledger.hpp"
#include "store/runs.hpp"

namespace chatrixcd::executor {

class driver {
public:
    driver(boost::asio::any_io_executor executor, base::clock& time, spawner& processes, ledger& book, base::logger log,
           base::duration grace)
        : executor_(std::move(executor)), time_(time), processes_(processes), book_(book), log_(std::move(log)), grace_(grace) {}

    // From `state`, in which its row stands (queued or starting), to its end, which is committed when this returns. Not to be
    // cancelled: a run ends by run->end(). Never throws for what a job or the disk does.
    boost::asio::awaitable<void> drive(std::shared_ptr<active_run> run, run_state state);
    // From now on a database that does not take the end of a run is not asked again.
    void give_up_on_failure() noexcept { patient_ = false; }

private:
    boost::asio::awaitable<progress> execute(std::shared_ptr<active_run> run, run_state state);
    boost::asio::awaitable<progress> watch(std::shared_ptr<active_run> run, std::unique_ptr<base::process> process);
    boost::asio::awaitable<base::process_exit> collect(std::shared_ptr<active_run> run, base::process& process);
    boost::asio::awaitable<void> end_when_asked(std::shared_ptr<active_run> run, base::process& process);
    boost::asio::awaitable<void> time_out(std::shared_ptr<active_run> run);
    boost::asio::awaitable<void> save_output(std::shared_ptr<active_run> run);
    boost::asio::awaitable<base::result<void>> record(run_id id, progress to);
    boost::asio::awaitable<void> finish(std::shared_ptr<active_run> run, progress last);
    progress at(run_state state, std::string detail = {}) const;

    boost::asio::any_io_executor executor_;
    base::clock& time_;
    spawner& processes_;
    ledger& book_;
    base::logger log_;
    base::duration grace_;
    bool patient_ = true;
};

}  // namespace chatrixcd::executor
