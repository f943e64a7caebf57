// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include <chatrixcd/base/signals.hpp>

namespace chatrixcd::base {

namespace {

constexpr std::array<int, 3> stop_signals = {SIGINT, SIGTERM, SIGHUP};

extern "C" void chatrixcd_exit_at_once(int number) { ::_exit(128 + number); }

// Whoever started us may want one to pass: nohup does, with SIGHUP.
bool is_ignored(int number) {
    struct sigaction action = {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void exit_at_the_next(std::vector<int> const& numbers) {
    struct sigaction action = {};
    action.sa_handler = chatrixcd_exit_at_once;
    for (int const number : numbers) ::sigaction(number, &action, nullptr);
}

}  // namespace

boost::asio::awaitable<int> wait_for_stop_signal(boost::asio::any_io_executor executor) {
    boost::asio::signal_set stop(executor);
    std::vector<int> heeded;
    for (int const number : stop_signals) {
        if (is_ignored(number)) continue;
        heeded.push_back(number);
        stop.add(number);
    }
    int const number = co_await stop.async_wait(boost::asio::use_awaitable);
    // Asio goes back to the default action, of which the exit status would say nothing to those who cannot see signals.
    stop.clear();
    exit_at_the_next(heeded);
    co_return number;
}

}  // namespace chatrixcd::base
