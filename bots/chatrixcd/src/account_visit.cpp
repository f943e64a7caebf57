// SPDX-License-Identifier: Apache-2.0
#include "account_visit.hpp"

#include <boost/asio/this_coro.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace chatrixcd::bot {

using boost::asio::awaitable;

namespace {

constexpr base::duration patience = std::chrono::minutes(1);
// Somebody waits for the prompt.
constexpr base::duration leaves_within = std::chrono::seconds(5);

matrix::options options_of(surroundings const& around, matrix_config const& settings) {
    auto visiting = settings;
    visiting.store_path.clear();  // in memory
    visiting.encryption = "off";  // its keys would be gone with it
    visiting.device_name += " (visit)";
    auto how = matrix_options(around, visiting);
    how.follow_upgrades(false).first_sync_only(true);
    return how;
}

}  // namespace

account_visit::account_visit(surroundings const& around, matrix_config settings)
    : time_(*around.time),
      settings_(std::move(settings)),
      account_(around.executor, options_of(around, settings_)),
      signals_(around.executor, [](std::exception_ptr) {}) {}

awaitable<base::result<void>> account_visit::begin(std::shared_ptr<matrix::token_source> tokens) {
    signals_.spawn(leave_at_signal());
    auto started = co_await account_.start(std::move(tokens));
    if (!started) co_return started;
    is_in_ = true;
    auto seen = co_await base::with_timeout(time_, account_.synced(), patience);
    if (seen) co_return std::move(*seen);
    co_return base::error(base::error_kind::timeout_unknown,
                          "the homeserver took the login, and shows nothing of the account for a minute");
}

awaitable<base::result<void>> account_visit::leave() {
    bool const has_own_device = settings_.access_token.from == secret_source::kind::none;
    if (!is_in_ || !has_own_device) co_return base::result<void>();
    co_return co_await account_.log_out();
}

// Whatever else goes on is not worth an orderly end.
awaitable<void> account_visit::leave_at_signal() {
    int const number = co_await base::wait_for_stop_signal(co_await boost::asio::this_coro::executor);
    (void)co_await base::with_timeout(time_, leave(), leaves_within);
    std::_Exit(128 + number);
}

awaitable<base::result<void>> account_visit::end() {
    auto out = co_await leave();
    co_await account_.stop();
    signals_.cancel();
    co_await signals_.join();
    co_return out;
}

}  // namespace chatrixcd::bot
