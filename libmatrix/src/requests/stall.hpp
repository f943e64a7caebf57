// SPDX-License-Identifier: Apache-2.0
// Transfers may take long, but not without moving.
#pragma once

#include <cstdint>
#include <functional>

#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::matrix::detail {

// As base::with_timeout(), but the time begins anew whenever `moved()` has changed: nothing once it stood still for `span` to twice that.
template <class T>
boost::asio::awaitable<std::optional<T>> while_it_moves(base::clock& time, boost::asio::awaitable<T> operation, base::duration span,
                                                        std::function<std::uint64_t()> moved) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto const throws = co_await boost::asio::this_coro::throw_if_cancelled();
    auto shared = std::make_shared<base::detail::timed_operation<T>>(executor);
    base::task_group running(executor, nullptr);
    running.spawn(base::detail::keep_outcome<T>(std::move(operation), shared));
    bool still = false;
    std::exception_ptr interrupted;
    try {
        for (;;) {
            auto const before = moved();
            bool const late = co_await base::detail::wait_until_done(time, shared->changed, shared->done, span);
            still = late && moved() == before;
            if (!late || still) break;
        }
    } catch (...) {
        interrupted = std::current_exception();
    }
    // Without this, Asio would refuse a cancelled caller the join.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await base::detail::cancel_and_join(running);
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    if (interrupted) std::rethrow_exception(interrupted);
    if (shared->value) co_return std::move(shared->value);
    if (still) co_return std::nullopt;
    std::rethrow_exception(shared->failure);
}

}  // namespace chatrixcd::matrix::detail
