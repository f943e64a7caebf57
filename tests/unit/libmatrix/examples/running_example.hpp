// SPDX-License-Identifier: Apache-2.0
// An example's bot at work in a world, stopped in order when the test ends.
#pragma once

#include <cstdlib>
#include <functional>
#include <memory>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/worker_pool.hpp>

#include "support/world.hpp"

namespace chatrixcd::test {

class running_example {
public:
    running_example(world& w, person const& account, std::function<boost::asio::awaitable<void>(matrix::client&)> bot)
        : world_(w),
          client_(w.make_client("store", [this](matrix::options& how) { how.workers(*workers_); })),
          bot_(std::move(bot)),
          tasks_(w.loop.get_executor(), [](std::exception_ptr e) { std::rethrow_exception(e); }) {
        ::setenv("MATRIX_USER", account.id().c_str(), 1);
        ::setenv("MATRIX_PASSWORD", password.c_str(), 1);
        tasks_.spawn(live());
        world_.until([this] { return client_->is_running(); });
    }
    ~running_example() {
        client_->request_stop();
        world_.until([this] { return ended_; });
        world_.run(tasks_.join());
    }

private:
    boost::asio::awaitable<void> live() {
        co_await bot_(*client_);
        ended_ = true;
    }

    world& world_;
    std::unique_ptr<base::worker_pool> workers_ = base::make_inline_workers();
    std::unique_ptr<matrix::client> client_;
    std::function<boost::asio::awaitable<void>(matrix::client&)> bot_;
    bool ended_ = false;
    base::task_group tasks_;
};

}  // namespace chatrixcd::test
