// SPDX-License-Identifier: Apache-2.0
// The interface against which chat adapters are written. Sends are durable and keyed: once send() has returned, the message will be sent,
// whatever happens to this process, unless the chat refuses it for good.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/chatops/chat/values.hpp>

namespace chatrixcd::chatops::chat {

// One inbound message, and the way to say that it need not come again.
class delivery {
public:
    virtual ~delivery() = default;
    virtual message const& content() const noexcept = 0;
    // Call once its effects are committed; not called, it comes again after a restart. Idempotent.
    virtual boost::asio::awaitable<void> acknowledge() = 0;
    // It could not be handled: after three tries the service sets it aside. True if this was the last try.
    virtual boost::asio::awaitable<bool> failed(std::string reason) = 0;
};

class service {
public:
    virtual ~service() = default;

    // The service's name and our account, as in every origin.
    virtual std::string name() const = 0;
    virtual std::string account() const = 0;

    // Waits for the next message of a person other than ourselves. In order in a room; a service may hold back a room's next message until
    // the one before is acknowledged. A wait that is cancelled loses nothing.
    virtual boost::asio::awaitable<result<std::unique_ptr<delivery>>> next() = 0;

    // Queues a message. Returns its id once the chat has accepted it; errors are permanent refusals (retryable ones are retried).
    virtual boost::asio::awaitable<result<message_id>> send(outgoing what) = 0;
    // Replaces the content of an own message. Newer edits of the same message replace unsent ones (`what.key` names the revision).
    virtual boost::asio::awaitable<result<message_id>> edit(message_id target, outgoing what) = 0;
    // Adds a reaction to somebody's message. Chats without reactions answer `unsupported`.
    virtual boost::asio::awaitable<result<message_id>> react(std::string room, std::string event, std::string key, std::string symbol) = 0;
    virtual boost::asio::awaitable<result<void>> redact(std::string room, std::string event, std::string key, std::string reason) = 0;
    virtual boost::asio::awaitable<result<void>> typing(std::string room, bool on) = 0;
    // Marks everything up to the event as read.
    virtual boost::asio::awaitable<result<void>> mark_read(std::string room, std::string event) = 0;
    // Joined members' user ids.
    virtual boost::asio::awaitable<result<std::vector<std::string>>> members(std::string room) = 0;

    // What is to be known of our account there, each in a few words: "device ABC". Only for people; may take as long as it takes to find
    // out. Default: nothing.
    virtual boost::asio::awaitable<result<std::vector<std::string>>> remarks() { co_return std::vector<std::string>(); }

    // Whether messages have threads, so that a question can be answered in one. Default: no, and nothing is asked.
    virtual bool has_threads() const { return false; }
    // Whether nobody else reads what is said there, as at a console: then secrets may be written.
    virtual bool is_private() const { return false; }
    // All answers that are waited for now, instead of those before: they must be delivered although they do not look like commands. Called
    // on each change, and in each process before what it says matters: until then every message in a thread may be one. A service that
    // delivers everything, the default, need not care.
    virtual void expect_answers(std::vector<awaited_answer> /*all*/) {}

    // Keeps a number under a name, unless a higher one is kept, where putting a copy of our own files back does not take it back; returns
    // what was kept before, 0: nothing. Whoever finds more than it has stored itself works on a copy. `unsupported`, the default: the
    // chat keeps nothing for us.
    virtual boost::asio::awaitable<result<std::int64_t>> keep_mark(std::string /*name*/, std::int64_t /*value*/) {
        co_return base::error(base::error_kind::unsupported, "this chat keeps no numbers for its accounts");
    }
};

}  // namespace chatrixcd::chatops::chat
