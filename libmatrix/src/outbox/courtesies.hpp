// SPDX-License-Identifier: Apache-2.0
// What is polite and may be lost: that we type, and how far we have read. Nothing of it is stored, asked twice or reported.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/typing.hpp>

#include "http/api.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

// How many guards show that we type in one room.
class typing_hold {
public:
    explicit typing_hold(boost::asio::any_io_executor executor) : changed(std::move(executor)) {}
    unsigned guards = 0;
    base::notifier changed;
};

class courtesies {
public:
    courtesies(services& with, api& homeserver, user_id const& me);

    // Shows that we type, and again before the homeserver would hide it, until nobody holds it any more.
    typing_guard hold_typing(room_id const& room);
    // Sends a receipt for the newest event only, once a moment has passed.
    void read_soon(room_id const& room, event_id up_to);
    // Sends what is due at once, then ends.
    boost::asio::awaitable<void> finish();
    boost::asio::awaitable<void> cancel_and_join();

private:
    boost::asio::awaitable<void> keep_typing(room_id room, std::shared_ptr<typing_hold> hold);
    boost::asio::awaitable<void> show(room_id room, bool on);
    boost::asio::awaitable<void> send_receipt(room_id room);

    services* with_;
    api* api_;
    user_id const* me_;
    std::map<room_id, std::shared_ptr<typing_hold>> typing_;
    std::map<room_id, event_id> unread_;  // receipts that are due
    bool closed_ = false;
    base::notifier closing_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::matrix::detail
