// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/clock.hpp>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace chatrixcd::base {

namespace asio = boost::asio;

namespace {

// "For ever", as in duration::max(), without an overflow of the timer's nanoseconds.
constexpr duration longest_sleep = std::chrono::hours(24 * 365 * 10);

class system_clock final : public clock {
public:
    time_point now() const override { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

    duration uptime() const override { return std::chrono::floor<duration>(std::chrono::steady_clock::now().time_since_epoch()); }

    asio::awaitable<bool> wait(duration span) override {
        if (span <= duration::zero()) co_return true;
        auto const executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor);
        timer.expires_after(std::min(span, longest_sleep));
        boost::system::error_code ended;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
        co_return !ended;
    }
};

}  // namespace

asio::awaitable<void> clock::sleep(duration span) {
    bool const is_over = co_await wait(span);
    if (!is_over) throw boost::system::system_error(asio::error::operation_aborted);
}

std::unique_ptr<clock> make_system_clock() { return std::make_unique<system_clock>(); }

}  // namespace chatrixcd::base
