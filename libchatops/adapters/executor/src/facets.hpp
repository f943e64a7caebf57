// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <chatrixcd/chatops/ci/server.hpp>
#include <chatrixcd/executor/server.hpp>

namespace chatrixcd::chatops::executor_ci {

// A cursor is the number of the next line.
class run_logs final : public ci::logs {
public:
    explicit run_logs(executor::server& jobs) : jobs_(jobs) {}
    boost::asio::awaitable<ci::result<ci::log_chunk>> read(ci::run_id id, std::string cursor, std::size_t max_lines) override;
    boost::asio::awaitable<ci::result<ci::log_chunk>> tail(ci::run_id id, std::size_t lines) override;

private:
    executor::server& jobs_;
};

class run_control final : public ci::control {
public:
    explicit run_control(executor::server& jobs) : jobs_(jobs) {}
    boost::asio::awaitable<ci::result<void>> cancel(ci::run_id id) override;
    void recall_cancel(ci::run_id const&) override {}  // runs end with the process, and say how

private:
    executor::server& jobs_;
};

// Begins with what the server found when it was opened: the runs it lost are news.
class run_events final : public ci::events {
public:
    explicit run_events(executor::server& jobs) : jobs_(jobs), seen_(jobs.revision_before_open()) {}
    boost::asio::awaitable<ci::result<ci::run>> next() override;

private:
    executor::server& jobs_;
    std::uint64_t seen_;
};

}  // namespace chatrixcd::chatops::executor_ci
