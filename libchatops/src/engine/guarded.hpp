// SPDX-License-Identifier: Apache-2.0
// The wall between the engine and an adapter: what an adapter throws becomes an error; only our own cancellation passes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include <chatrixcd/base/error.hpp>

#include "engine/failures.hpp"

namespace chatrixcd::chatops {

// Whether a coroutine in this state is being cancelled, and the failure says no more than that.
inline bool only_cancelled(boost::asio::cancellation_state const& state, std::exception_ptr const& failure) {
    return state.cancelled() != boost::asio::cancellation_type::none && is_cancellation(failure);
}

// `kind` is what an exception counts as.
template <class T>
boost::asio::awaitable<base::result<T>> guarded(boost::asio::awaitable<base::result<T>> call, base::error_kind kind) {
    std::exception_ptr thrown;
    try {
        co_return co_await std::move(call);
    } catch (...) {
        thrown = std::current_exception();
    }
    auto const state = co_await boost::asio::this_coro::cancellation_state;
    if (only_cancelled(state, thrown)) std::rethrow_exception(thrown);
    co_return base::error(kind, "the adapter failed: " + words_of(thrown));
}

}  // namespace chatrixcd::chatops
