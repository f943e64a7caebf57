// SPDX-License-Identifier: Apache-2.0
// The one way to bound the time of an awaitable.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>

namespace chatrixcd::base {

namespace detail {

// Waits until `done` is set (and `changed` notified) or the time is over; true if the time was over first.
boost::asio::awaitable<bool> wait_until_done(clock& time, notifier& changed, bool const& done, duration limit);
// Cancels the tasks and waits for their end; see task_group::join() for a caller that is cancelled itself.
boost::asio::awaitable<void> cancel_and_join(task_group& tasks);

template <class T>
struct timed_operation {
    explicit timed_operation(boost::asio::any_io_executor executor) : changed(std::move(executor)) {}
    notifier changed;
    bool done = false;
    std::exception_ptr failure;
    std::optional<T> value;
};

template <class T>
boost::asio::awaitable<void> keep_outcome(boost::asio::awaitable<T> operation, std::shared_ptr<timed_operation<T>> into) {
    try {
        into->value.emplace(co_await std::move(operation));
    } catch (...) {
        into->failure = std::current_exception();
    }
    into->done = true;
    into->changed.notify_all();
}

}  // namespace detail

// Runs `operation` for at most `limit`. Returns its value, or nothing if the time was over: the operation was then cancelled and
// has ended. Exceptions of the operation pass through; cancelling the caller cancels the operation and waits for its end.
// Not for what must not be cut: a start at a CI, a send, a store call.
template <class T>
boost::asio::awaitable<std::optional<T>> with_timeout(clock& time, boost::asio::awaitable<T> operation, duration limit) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto const throws = co_await boost::asio::this_coro::throw_if_cancelled();
    auto shared = std::make_shared<detail::timed_operation<T>>(executor);
    task_group running(executor, nullptr);
    running.spawn(detail::keep_outcome<T>(std::move(operation), shared));
    bool late = false;
    std::exception_ptr interrupted;
    try {
        late = co_await detail::wait_until_done(time, shared->changed, shared->done, limit);
    } catch (...) {
        interrupted = std::current_exception();
    }
    // Without this, Asio would refuse a cancelled caller the join.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await detail::cancel_and_join(running);
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    if (interrupted) std::rethrow_exception(interrupted);
    if (shared->value) co_return std::move(shared->value);
    if (late) co_return std::nullopt;
    std::rethrow_exception(shared->failure);
}

}  // namespace chatrixcd::base
