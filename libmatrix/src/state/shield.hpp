// SPDX-License-Identifier: Apache-2.0
// For the few steps that must not be cut in the middle.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace chatrixcd::matrix::detail {

// Runs `work` to its end although the caller has been cancelled, which the caller then sees at its next co_await.
template <class T>
boost::asio::awaitable<T> shielded(boost::asio::awaitable<T> work) {
    auto const throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    std::optional<T> value;
    std::exception_ptr failure;
    try {
        value.emplace(co_await std::move(work));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    if (failure) std::rethrow_exception(failure);
    co_return std::move(*value);
}

}  // namespace chatrixcd::matrix::detail
