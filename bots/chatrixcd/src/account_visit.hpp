// SPDX-License-Identifier: Apache-2.0
// The account of a configuration for a short visit: nothing is kept, and if it had to log in, it logs out at the end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chatrixcd/matrix/client.hpp>
#include <memory>

#include "config/config.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

class account_visit {
public:
    // What is around must outlive it.
    account_visit(surroundings const& around, matrix_config settings);

    // Finds the homeserver, logs in and waits for what the account sees. Errors as matrix::client::start() and synced(), and
    // timeout_unknown: nothing was seen within a minute.
    boost::asio::awaitable<base::result<void>> begin(std::shared_ptr<matrix::token_source> tokens);
    matrix::client& account() noexcept { return account_; }
    // Must be awaited before destruction, also after a failed begin(). The error is that of the log-out: the device is still there.
    boost::asio::awaitable<base::result<void>> end();

private:
    base::clock& time_;
    matrix_config settings_;
    matrix::client account_;
    bool is_in_ = false;
};

}  // namespace chatrixcd::bot
