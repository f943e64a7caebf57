// SPDX-License-Identifier: Apache-2.0
// Hands inbox rows out: in order in a room, several rooms at once, each marked before and settled after.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "inbox/hand_over.hpp"
#include "inbox/table.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class dispatcher {
public:
    class consumers {
    public:
        consumers() = default;
        // Returning means done, an exception means failed.
        std::function<boost::asio::awaitable<void>(inbox_row)> handle;
        // A row is given up; told before that is committed.
        std::function<boost::asio::awaitable<void>(inbox_row)> given_up;
        // Messages are taken by next() instead of `handle`.
        bool pulled = false;
    };

    dispatcher(services& with, consumers to, std::size_t parallel);

    // Takes and hands out, until cancelled; what was handed out goes on.
    boost::asio::awaitable<void> run();
    // There may be a row to take.
    void wake();
    // Keeps every free place for rows that somebody else takes, and gives it the rows for them. One at a time.
    std::size_t reserve();
    void give(std::vector<inbox_row> rows, std::size_t reserved);
    // As above, without rows: the transaction failed, or so it seems, and rows may be marked of which nobody knows.
    void give_back(std::size_t reserved);
    // The next pulled message; null once closed.
    boost::asio::awaitable<std::shared_ptr<hand_over>> next();

    // Takes back what nobody has pulled, and lets next() end.
    void close();
    // Waits until nothing is handed out.
    boost::asio::awaitable<bool> idle();
    // Cancels the handlers that still run and waits for their end. After close().
    boost::asio::awaitable<void> cancel_and_join();

private:
    class place;
    class claim;

    std::size_t free_places() const noexcept;
    void start(inbox_row row);
    boost::asio::awaitable<bool> take_for_free_places();
    boost::asio::awaitable<void> release_unknown();
    boost::asio::awaitable<void> serve(inbox_row row);
    boost::asio::awaitable<std::optional<inbox_row>> hand_out(inbox_row row);
    boost::asio::awaitable<std::shared_ptr<hand_over>> offer(inbox_row row);
    boost::asio::awaitable<void> rest(std::int64_t tries);
    boost::asio::awaitable<std::optional<inbox_row>> give_up(inbox_row row, std::string reason);
    // With another row for the place, unless none can be taken.
    boost::asio::awaitable<std::optional<inbox_row>> settle(std::function<void(base::transaction&)> work);

    services* with_;
    consumers to_;
    std::size_t parallel_;
    std::size_t running_ = 0;
    std::uint64_t version_ = 0;
    base::notifier changed_;
    std::deque<std::shared_ptr<hand_over>> ready_;
    base::notifier arrived_;
    bool ready_for_rows_ = false;  // the marks of the last run are dealt with
    std::set<std::int64_t> out_;   // rows that are handed out
    bool lent_ = false;            // places are reserved
    bool missed_ = false;          // somebody woke us while they were
    std::size_t taking_ = 0;       // transactions on their way that take a row for a place
    bool doubtful_ = false;        // rows may be marked that are not out
    bool closed_ = false;
    base::logger log_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::matrix::detail
