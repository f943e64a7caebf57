// SPDX-License-Identifier: Apache-2.0
#include "account_visit.hpp"

#include <utility>

namespace chatrixcd::bot {

using boost::asio::awaitable;

namespace {

matrix::options options_of(surroundings const& around, matrix_config const& settings, std::string const& folder) {
    auto visiting = settings;
    visiting.store_path = folder + "/store";
    visiting.device_name += " (visit)";
    return matrix_options(around, visiting);
}

}  // namespace

account_visit::account_visit(surroundings const& around, matrix_config settings)
    : settings_(std::move(settings)),
      folder_("chatrixcd-visit-"),
      account_(around.executor, options_of(around, settings_, folder_.path())) {}

awaitable<base::result<void>> account_visit::begin(std::shared_ptr<matrix::token_source> tokens) {
    auto started = co_await account_.start(std::move(tokens));
    if (!started) co_return started;
    is_in_ = true;
    co_return co_await account_.synced();
}

awaitable<base::result<void>> account_visit::end() {
    base::result<void> out;
    bool const has_own_device = settings_.access_token.from == secret_source::kind::none;
    if (is_in_ && has_own_device) out = co_await account_.log_out();
    co_await account_.stop();
    co_return out;
}

}  // namespace chatrixcd::bot
