// SPDX-License-Identifier: Apache-2.0
// The person at the terminal, as an ordinary Matrix client in the room that it shares with the bot.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "demo/transcript.hpp"

namespace chatrixcd::bot {

class visitor {
public:
    visitor(boost::asio::any_io_executor executor, base::clock& time, matrix::options how);

    // Logs in and finds the room of the last time, or makes one and invites the bot.
    boost::asio::awaitable<base::result<matrix::room_id>> enter(matrix::user_id self, base::secret password, matrix::user_id bot);
    // Called for each entry that is new or has changed.
    void on_change(std::function<void(std::size_t index, entry const&)> shown) { shown_ = std::move(shown); }

    // Sends a line; returns once the homeserver has it. What it refuses is an error. What is no command is said in the thread in which the
    // bot spoke last, if it was in one: an answer to its question.
    boost::asio::awaitable<base::result<void>> say(std::string line);
    // Waits until `met` accepts the transcript; false if `limit` passes first.
    boost::asio::awaitable<bool> wait_until(std::function<bool(transcript const&)> met, base::duration limit);
    // Waits until that user has joined the room.
    boost::asio::awaitable<bool> wait_for_member(matrix::user_id user, base::duration limit);

    // Our own Matrix id; after enter().
    std::string user() const { return client_.user().str(); }
    transcript const& seen() const noexcept { return transcript_; }
    boost::asio::awaitable<void> stop();

private:
    boost::asio::awaitable<bool> wait_for(std::function<boost::asio::awaitable<bool>()> check, base::duration limit);
    void take(matrix::room const& where, matrix::event const& e);

    base::clock* time_;
    matrix::client client_;
    base::notifier changed_;
    transcript transcript_;
    std::optional<matrix::room_id> room_;
    std::function<void(std::size_t, entry const&)> shown_;
};

}  // namespace chatrixcd::bot
