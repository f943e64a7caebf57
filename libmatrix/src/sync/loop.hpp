// SPDX-License-Identifier: Apache-2.0
// Long-polls the homeserver and takes in what it answers: the position moves behind the transaction that keeps the response.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include <chatrixcd/matrix/sync_filter.hpp>

#include "sync/arrived.hpp"
#include "sync/passing.hpp"
#include "sync/receiver.hpp"

namespace chatrixcd::matrix::detail {

class sync_loop {
public:
    class listeners {
    public:
        listeners() = default;
        std::function<std::size_t()> reserve;                        // how many rows can be handled at once, from now on
        std::function<void(std::size_t)> give_back;                  // without rows: the transaction failed, or so it seems
        std::function<void()> doubtful;                              // a transaction failed, or was kept without our being told
        std::function<void(received, std::size_t reserved)> stored;  // after each transaction
        std::function<void(base::error const&)> failed;              // the account is of no use any more; the loop has ended
    };

    // `passed` outlives the loop.
    sync_loop(receiver from, sync_filter const& filter, passing_queue& passed, listeners to);

    // Ends by cancellation, after `failed`, or, `once`, after the first response.
    boost::asio::awaitable<void> run(bool once = false);

private:
    class reservation;

    boost::asio::awaitable<bool> step(base::duration timeout);
    call request(base::duration timeout) const;
    boost::asio::awaitable<bool> take(std::shared_ptr<arrived> answer);
    boost::asio::awaitable<void> check_memory();
    boost::asio::awaitable<bool> refuse(base::error why);
    boost::asio::awaitable<void> pause(base::error why);
    boost::asio::awaitable<void> start_over(std::string why);
    void note_haste(bool news, base::duration timeout, base::duration took);
    boost::asio::awaitable<void> forget_old();

    receiver from_;
    passing_queue& passed_;
    listeners to_;
    std::string filter_;
    std::string position_;
    backoff wait_;
    unsigned refusals_ = 0;  // in a row, of our position
    unsigned hasty_ = 0;     // answers in a row that came at once and had nothing
    bool reachable_ = true;
    unsigned failures_ = 0;  // in a row
    device_id checked_as_;   // whose position it is
    bool ended_ = false;
    bool catching_up_ = false;  // the next response counts even if it has no news
    base::time_point pruned_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
