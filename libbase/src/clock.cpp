// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/clock.hpp>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chatrixcd::base {

namespace asio = boost::asio;

namespace {

// "For ever", as in duration::max(), without an overflow of the timer's nanoseconds.
constexpr duration longest_sleep = std::chrono::hours(24 * 365 * 10);

class system_clock final : public clock {
public:
    time_point now() const override { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

    duration uptime() const override { return std::chrono::floor<duration>(std::chrono::steady_clock::now().time_since_epoch()); }

    asio::awaitable<void> sleep(duration span) override {
        if (span <= duration::zero()) co_return;
        auto const executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor);
        timer.expires_after(std::min(span, longest_sleep));
        co_await timer.async_wait(asio::use_awaitable);
    }
};

}  // namespace

std::unique_ptr<clock> make_system_clock() { return std::make_unique<system_clock>(); }

}  // namespace chatrixcd::base
