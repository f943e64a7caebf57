// SPDX-License-Identifier: Apache-2.0
// Fetches what syncs left out, oldest first, a page a transaction.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <vector>

#include <chatrixcd/base/notifier.hpp>

#include <chatrixcd/matrix/sync_filter.hpp>

#include "sync/receiver.hpp"

namespace chatrixcd::matrix::detail {

class gap_filler {
public:
    // `filled` is called after each transaction: rows of the inbox may have come free, and something about the room have changed.
    // `said`: what was part of a verification.
    gap_filler(receiver from, sync_filter const& filter, std::size_t bound, std::function<void(room_id const&)> filled,
               std::function<void(std::vector<crypto::verification_said>)> said);

    // Ends by cancellation.
    boost::asio::awaitable<void> run();
    // There may be a new gap.
    void wake();

private:
    boost::asio::awaitable<void> fill(gap_row gap);
    boost::asio::awaitable<void> lose(gap_row gap, base::error why);

    receiver from_;
    std::string filter_;
    std::size_t bound_;
    std::function<void(room_id const&)> filled_;
    std::function<void(std::vector<crypto::verification_said>)> said_;
    std::uint64_t version_ = 0;
    base::notifier changed_;
    backoff wait_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
