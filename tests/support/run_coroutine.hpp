// SPDX-License-Identifier: Apache-2.0
// Runs one coroutine to its end on a loop of its own, or fails the test: a hang must not cost the whole run.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <chatrixcd/base/virtual_clock.hpp>
#include <support/results.hpp>

namespace chatrixcd::test {

namespace detail {
template <class T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work, std::optional<T>& value) {
    value.emplace(co_await std::move(work));
}
}  // namespace detail

// On the real clock, with a wall-clock limit.
template <class T>
T run_coroutine(boost::asio::io_context& loop, boost::asio::awaitable<T> work, std::chrono::seconds limit = std::chrono::seconds(20)) {
    bool done = false;
    std::exception_ptr failure;
    auto finished = [&](std::exception_ptr e) {
        failure = e;
        done = true;
    };
    if constexpr (std::is_void_v<T>) {
        boost::asio::co_spawn(loop, std::move(work), finished);
        loop.restart();
        auto const deadline = std::chrono::steady_clock::now() + limit;
        while (!done && std::chrono::steady_clock::now() < deadline && loop.run_one_until(deadline) > 0) {
        }
        if (!done) throw std::runtime_error("the coroutine did not end");
        if (failure) std::rethrow_exception(failure);
    } else {
        std::optional<T> value;
        run_coroutine<void>(loop, detail::keep(std::move(work), value), limit);
        return std::move(*value);
    }
}

// On virtual time: runs until the coroutine has ended; fails if nothing is left to run before that.
template <class T>
T run_virtual(boost::asio::io_context& loop, base::virtual_clock& time, boost::asio::awaitable<T> work,
              base::duration limit = std::chrono::hours(24)) {
    bool done = false;
    std::exception_ptr failure;
    auto finished = [&](std::exception_ptr e) {
        failure = e;
        done = true;
    };
    if constexpr (std::is_void_v<T>) {
        boost::asio::co_spawn(loop, std::move(work), finished);
        if (!time.run_until(
                loop, [&] { return done; }, limit))
            throw std::runtime_error("the coroutine did not end");
        if (failure) std::rethrow_exception(failure);
    } else {
        std::optional<T> value;
        run_virtual<void>(loop, time, detail::keep(std::move(work), value), limit);
        return std::move(*value);
    }
}

}  // namespace chatrixcd::test
