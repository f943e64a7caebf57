// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chatrixcd/base/signals.hpp>

namespace chatrixcd::base {

namespace {

constexpr std::array<int, 2> stop_signals = {SIGINT, SIGTERM};

extern "C" void chatrixcd_exit_at_once(int number) { ::_exit(128 + number); }

void exit_at_the_next() {
    struct sigaction action = {};
    action.sa_handler = chatrixcd_exit_at_once;
    for (int const number : stop_signals) ::sigaction(number, &action, nullptr);
}

}  // namespace

boost::asio::awaitable<int> wait_for_stop_signal(boost::asio::any_io_executor executor) {
    boost::asio::signal_set stop(executor, stop_signals[0], stop_signals[1]);
    int const number = co_await stop.async_wait(boost::asio::use_awaitable);
    // Asio goes back to the default action, of which the exit status would say nothing to those who cannot see signals.
    stop.clear();
    exit_at_the_next();
    co_return number;
}

}  // namespace chatrixcd::base
