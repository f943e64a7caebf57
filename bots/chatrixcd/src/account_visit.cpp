// SPDX-License-Identifier: Apache-2.0
#include "account_visit.hpp"

#include <chatrixcd/base/timeout.hpp>
#include <chrono>
#include <utility>

namespace chatrixcd::bot {

using boost::asio::awaitable;

namespace {

constexpr base::duration patience = std::chrono::minutes(1);

matrix::options options_of(surroundings const& around, matrix_config const& settings) {
    auto visiting = settings;
    visiting.store_path.clear();  // in memory
    visiting.device_name += " (visit)";
    auto how = matrix_options(around, visiting);
    how.follow_upgrades(false);
    return how;
}

}  // namespace

account_visit::account_visit(surroundings const& around, matrix_config settings)
    : time_(*around.time), settings_(std::move(settings)), account_(around.executor, options_of(around, settings_)) {}

awaitable<base::result<void>> account_visit::begin(std::shared_ptr<matrix::token_source> tokens) {
    auto started = co_await account_.start(std::move(tokens));
    if (!started) co_return started;
    is_in_ = true;
    auto seen = co_await base::with_timeout(time_, account_.synced(), patience);
    if (seen) co_return std::move(*seen);
    co_return base::error(base::error_kind::timeout_unknown,
                          "the homeserver took the login, and shows nothing of the account for a minute");
}

awaitable<base::result<void>> account_visit::end() {
    base::result<void> out;
    bool const has_own_device = settings_.access_token.from == secret_source::kind::none;
    if (is_in_ && has_own_device) out = co_await account_.log_out();
    co_await account_.stop();
    co_return out;
}

}  // namespace chatrixcd::bot
