// SPDX-License-Identifier: Apache-2.0
// Says what the outbox holds: first in, first out in a room, rooms side by side. A message is marked as sent once the chat has taken it;
// cut in between, it is said again with the same key, which the chat knows.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/chatops/chat/service.hpp>

#include "engine/database.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::chatops::outbox {

class sender {
public:
    sender(boost::asio::any_io_executor executor, base::clock& time, base::logger log, database& store, std::vector<chat::service*> chats);

    // Takes up what another process left. Store failures pass through.
    boost::asio::awaitable<void> resume();
    // Something was put into the outbox for this room, and committed.
    void wake(std::string const& service, std::string const& room);
    // Waits until nothing is being said any more, at most `limit`.
    boost::asio::awaitable<void> flush(base::duration limit);
    // Cuts what is under way; it is taken up at the next start.
    boost::asio::awaitable<void> stop();

private:
    using place = std::pair<std::string, std::string>;

    chat::service* chat_of(std::string const& service) const;
    boost::asio::awaitable<void> say_all(place where, chat::service& through);
    boost::asio::awaitable<void> say(pending next, chat::service& through);
    boost::asio::awaitable<base::result<chat::message_id>> attempt(pending next, chat::service& through);

    base::clock& time_;
    base::logger log_;
    database& store_;
    std::vector<chat::service*> chats_;
    std::set<place> busy_;
    std::set<place> again_;  // woken while busy
    base::notifier changed_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::chatops::outbox
