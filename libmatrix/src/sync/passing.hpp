// SPDX-License-Identifier: Apache-2.0
// Tells what passes by in syncs to the one who listens, one after another, and never more than fits: the oldest go first.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <deque>
#include <functional>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/matrix/passing.hpp>

#include "sync/document.hpp"

namespace chatrixcd::matrix::detail {

class passing_queue {
public:
    using handler = std::function<boost::asio::awaitable<void>(passing)>;

    passing_queue(boost::asio::any_io_executor executor, handler to, base::logger log);

    bool has_listener() const noexcept { return static_cast<bool>(to_); }
    // Takes what a sync response shows beside rooms' state and timelines.
    void take(document const& response);
    // Ends by cancellation. A handler that fails costs what it was told, no more.
    boost::asio::awaitable<void> run();

    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_bytes = 4U << 20U;

private:
    struct entry {
        passing what;
        std::size_t bytes;
    };

    void add_all(boost::json::object const& section, passing::kind what, room_id const& room);
    void add(boost::json::object const& raw, passing::kind what, room_id const& room);
    void drop_oldest();

    handler to_;
    std::deque<entry> waiting_;
    std::size_t bytes_ = 0;
    bool dropping_ = false;
    base::notifier changed_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
