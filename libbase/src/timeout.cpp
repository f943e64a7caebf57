// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::base::detail {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> ring_after(clock& time, duration limit, notifier& changed, bool& over) {
    over = co_await time.wait(limit);
    if (over) changed.notify_all();
}

}  // namespace

asio::awaitable<void> cancel_and_join(task_group& tasks) {
    tasks.cancel();
    co_await tasks.join();
}

asio::awaitable<bool> wait_until_done(clock& time, notifier& changed, bool const& done, duration limit) {
    auto executor = co_await asio::this_coro::executor;
    auto const throws = co_await asio::this_coro::throw_if_cancelled();
    bool over = false;
    std::exception_ptr failure;
    auto alarm_failed = [&](std::exception_ptr e) {
        failure = std::move(e);
        changed.notify_all();
    };
    task_group alarm(executor, std::move(alarm_failed));
    if (!done) alarm.spawn(ring_after(time, limit, changed, over));
    try {
        while (!done && !over && !failure) co_await changed.wait();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await cancel_and_join(alarm);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (failure) std::rethrow_exception(failure);
    co_return !done;
}

}  // namespace chatrixcd::base::detail
