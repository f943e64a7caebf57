// SPDX-License-Identifier: Apache-2.0
// Long-polls the homeserver and takes in what it answers: the position moves only with the transaction that keeps the response.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "sync/receiver.hpp"

namespace chatrixcd::matrix::detail {

class sync_loop {
public:
    class listeners {
    public:
        listeners() = default;
        std::function<void(received const&)> stored;     // after each transaction
        std::function<void(base::error const&)> failed;  // the account is of no use any more; the loop has ended
    };

    sync_loop(receiver from, listeners to);

    // Ends by cancellation, or after `failed`.
    boost::asio::awaitable<void> run();

private:
    boost::asio::awaitable<bool> step(base::duration timeout);
    boost::asio::awaitable<bool> take(sync_batch batch);
    boost::asio::awaitable<void> check_memory();
    void forget_position(std::string_view why);
    boost::asio::awaitable<void> pause(base::error why);
    boost::asio::awaitable<void> forget_old();

    receiver from_;
    listeners to_;
    std::string position_;
    backoff wait_;
    unsigned hasty_ = 0;  // answers in a row that came at once and had nothing
    bool reachable_ = true;
    unsigned failures_ = 0;  // in a row
    unsigned refused_ = 0;   // how often in a row the homeserver did not take our position
    bool anew_ = false;      // the next response is a first one, whatever we have
    device_id checked_as_;   // whose position it is
    bool ended_ = false;
    base::time_point pruned_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
