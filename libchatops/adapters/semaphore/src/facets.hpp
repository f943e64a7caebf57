// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <chatrixcd/chatops/adapters/semaphore.hpp>

#include "tasks.hpp"

namespace chatrixcd::chatops::semaphore_ci {

// A task as the port's run, with its job's name and its URL.
using as_run = std::function<boost::asio::awaitable<ci::run>(semaphore::task)>;

// A cursor is the number of the next line.
class run_logs final : public ci::logs {
public:
    run_logs(semaphore::client& server, tasks& known, base::clock& time, semaphore_ci_options const& how)
        : server_(server), tasks_(known), time_(time), how_(how) {}
    boost::asio::awaitable<ci::result<ci::log_chunk>> read(ci::run_id id, std::string cursor, std::size_t max_lines) override;
    boost::asio::awaitable<ci::result<ci::log_chunk>> tail(ci::run_id id, std::size_t lines) override;

private:
    semaphore::client& server_;
    tasks& tasks_;
    base::clock& time_;
    semaphore_ci_options const& how_;
};

class run_control final : public ci::control {
public:
    run_control(semaphore::client& server, tasks& known) : server_(server), tasks_(known) {}
    boost::asio::awaitable<ci::result<void>> cancel(ci::run_id id) override;

private:
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
