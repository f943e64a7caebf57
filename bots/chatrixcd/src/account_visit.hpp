// SPDX-License-Identifier: Apache-2.0
// The account of a configuration for a short visit: nothing is kept, and if it had to log in, it logs out at the end, which may be a
// Control-C.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chatrixcd/base/task_group.hpp>
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
    // timeout_unknown: nothing was seen within a minute. From here to end() a signal to stop ends the process, with 128 + its number, as
    // soon as the account is logged out again.
    boost::asio::awaitable<base::result<void>> begin(std::shared_ptr<matrix::token_source> tokens);
    matrix::client& account() noexcept { return account_; }
    // Must be awaited before destruction, also after a failed begin(). The error is that of the log-out: the device is still there.
    boost::asio::awaitable<base::result<void>> end();

private:
    boost::asio::awaitable<base::result<void>> leave();
    boost::asio::awaitable<void> leave_at_signal();

    base::clock& time_;
    matrix_config settings_;
    matrix::client account_;
    base::task_group signals_;
    bool is_in_ = false;
};

}  // namespace chatrixcd::bot
