// SPDX-License-Identifier: Apache-2.0
// Structured concurrency: whoever spawns a coroutine joins it. A group owns its tasks; it must be joined before it is destroyed
// (asserted), and whatever the tasks refer to must outlive the join.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

namespace chatrixcd::base {

class task_group {
public:
    // Called on the executor when a task ends with an exception other than cancellation. The task is gone, the others go on.
    using on_failure = std::function<void(std::exception_ptr)>;

    task_group(boost::asio::any_io_executor executor, on_failure failed);
    ~task_group();
    task_group(task_group const&) = delete;
    task_group& operator=(task_group const&) = delete;

    // Starts a task on the executor. After cancel() a new task is dropped without having run.
    void spawn(boost::asio::awaitable<void> task);
    // Asks every task to end (terminal cancellation). Call on the executor.
    void cancel();
    // Waits until no task is left. Not ended by cancellation: whoever stops, cancels the group and then joins. Asio refuses every
    // co_await of a coroutine that is cancelled already; one that joins after that says first:
    //     co_await boost::asio::this_coro::throw_if_cancelled(false);
    boost::asio::awaitable<void> join();
    std::size_t size() const noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace chatrixcd::base
