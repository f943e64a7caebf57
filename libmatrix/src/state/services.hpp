// SPDX-License-Identifier: Apache-2.0
// What every part of a client works with, and the one way to write to the store where giving up is no option.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/store.hpp>

#include "http/retry.hpp"
#include "state/schema.hpp"

namespace chatrixcd::matrix::detail {

// Says once that the store fails, and once that it works again.
class store_health {
public:
    explicit store_health(base::logger log) : log_(std::move(log)) {}
    void failed(base::store_error const& why);
    void worked();

private:
    base::logger log_;
    bool failing_ = false;
};

// References to what the client owns.
class services {
public:
    services(boost::asio::any_io_executor on, base::clock& clock, base::random& source, base::logger to, base::store& database,
             store_health& condition)
        : executor(std::move(on)), time(clock), random(source), log(std::move(to)), store(database), health(condition) {}

    boost::asio::any_io_executor executor;
    base::clock& time;
    base::random& random;
    base::logger log;
    base::store& store;
    store_health& health;
    std::int64_t account = only_account;
};

// Runs a closure until the store has kept it: while the store fails, the caller pauses. Ends by cancellation only. A first success says
// nothing of the store's health: many closures only read, which a full disk lets them.
template <class F>
boost::asio::awaitable<std::invoke_result_t<F&, base::transaction&>> write_through(services& with, F work) {
    using value = std::invoke_result_t<F&, base::transaction&>;
    backoff wait(with.random, std::chrono::seconds(1));
    bool has_failed = false;
    for (;;) {
        try {
            if constexpr (std::is_void_v<value>) {
                co_await with.store.write(work);
                if (has_failed) with.health.worked();
                co_return;
            } else {
                auto kept = co_await with.store.write(work);
                if (has_failed) with.health.worked();
                co_return std::move(kept);
            }
        } catch (base::store_error const& e) {
            has_failed = true;
            with.health.failed(e);
        }
        auto const delay = wait.next();
        co_await with.time.sleep(delay);
    }
}

}  // namespace chatrixcd::matrix::detail
