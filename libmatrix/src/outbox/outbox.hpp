// SPDX-License-Identifier: Apache-2.0
// Sends what was queued: one message at a time in a room, first in, first out, each until the homeserver has accepted or refused it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "http/api.hpp"
#include "outbox/table.hpp"
#include "session/session.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class outbox {
public:
    outbox(services& with, api& homeserver, session const& who);

    // Queues the item and waits until its key is settled; the item's transaction, device and time are filled in here. Ended by
    // cancellation the message is sent all the same. Throws store_error if it could not be queued.
    boost::asio::awaitable<result<event_id>> send(outbox_item item);
    // Goes on with what an earlier run has left.
    boost::asio::awaitable<void> resume();
    // Waits until nothing is queued.
    boost::asio::awaitable<bool> idle();
    // The account is of no use any more: callers get the error, rows stay for the next start.
    void fail(error why);
    boost::asio::awaitable<void> cancel_and_join();

private:
    class waiter;
    // A room that has a sender.
    struct room_queue {
        bool again = false;      // something was queued since its sender last looked
        std::int64_t leaving = 0;  // the row that is being sent
    };
    // Until when, and on which device, a row of unknown fate need not be looked for again.
    struct clearance {
        std::string device;
        base::duration until{0};
    };

    void ensure_sender(room_id const& room);
    void settle(std::string const& key, result<event_id> outcome);
    boost::asio::awaitable<void> drain(room_id room);
    boost::asio::awaitable<bool> deliver(outbox_row row);
    boost::asio::awaitable<bool> deliver_step(outbox_row const& row, clearance& cleared, std::optional<error>& failure);
    boost::asio::awaitable<void> keep_sent(outbox_row row, event_id id);
    boost::asio::awaitable<void> keep_refused(outbox_row row, error why);
    bool must_look(outbox_row const& row, clearance const& cleared) const;

    services* with_;
    api* api_;
    session const* session_;
    std::map<std::string, std::shared_ptr<waiter>> waiters_;
    std::map<room_id, room_queue> rooms_;
    std::optional<error> dead_;
    base::notifier emptied_;
    base::logger log_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::matrix::detail
