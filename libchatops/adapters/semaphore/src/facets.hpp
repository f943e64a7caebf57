// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include <chatrixcd/chatops/adapters/semaphore.hpp>

#include "tasks.hpp"

namespace chatrixcd::chatops::semaphore_ci {

// A task as the port's run, with its job's name and its URL.
using as_run = std::function<boost::asio::awaitable<ci::run>(semaphore::task)>;

// A cursor is the number of the next line. Semaphore gives the whole output each time, so that what was read last is kept: who goes through
// it line by line costs one request, and who waits at its end is made to wait for longer than reading takes.
class run_logs final : public ci::logs {
public:
    run_logs(semaphore::client& server, tasks& known, base::clock& time, semaphore_ci_options const& how)
        : server_(server), tasks_(known), time_(time), how_(how) {}
    boost::asio::awaitable<ci::result<ci::log_chunk>> read(ci::run_id id, std::string cursor, std::size_t max_lines) override;
    boost::asio::awaitable<ci::result<ci::log_chunk>> tail(ci::run_id id, std::size_t lines) override;

private:
    class kept_log;
    using kept_ptr = std::shared_ptr<kept_log const>;
    // With more than `more_than` lines, if there are.
    boost::asio::awaitable<ci::result<kept_ptr>> log_of(task_name of, std::size_t more_than);

    semaphore::client& server_;
    tasks& tasks_;
    base::clock& time_;
    semaphore_ci_options const& how_;
    kept_ptr kept_;
};

class run_control final : public ci::control {
public:
    run_control(semaphore::client& server, tasks& known) : server_(server), tasks_(known) {}
    boost::asio::awaitable<ci::result<void>> cancel(ci::run_id id) override;
    void recall_cancel(ci::run_id const& id) override;

private:
    semaphore::client& server_;
    tasks& tasks_;
};

class run_gates final : public ci::gates {
public:
    run_gates(semaphore::client& server, tasks& known) : server_(server), tasks_(known) {}
    boost::asio::awaitable<ci::result<void>> approve(ci::run_id id) override;
    boost::asio::awaitable<ci::result<void>> reject(ci::run_id id) override;

private:
    boost::asio::awaitable<ci::result<task_name>> gated(ci::run_id id);
    boost::asio::awaitable<ci::result<void>> make_sure(task_name of, ci::result<void> answer);

    semaphore::client& server_;
    tasks& tasks_;
};

class run_events final : public ci::events {
public:
    run_events(semaphore::task_feed& from, as_run convert) : from_(from), convert_(std::move(convert)) {}
    boost::asio::awaitable<ci::result<ci::run>> next() override;

private:
    semaphore::task_feed& from_;
    as_run convert_;
};

}  // namespace chatrixcd::chatops::semaphore_ci
