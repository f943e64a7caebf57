// SPDX-License-Identifier: Apache-2.0
// What handlers are given: a message, or an invitation. Handles: cheap to copy, must not outlive their client.
//
// A handler may run again after a crash. What it sends through its message carries a key from the event's id and the ordinal of the send,
// and so appears once, as long as the handler sends the same things in the same order; other effects are made idempotent with id().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/matrix/room.hpp>

namespace chatrixcd::matrix {

// An m.room.message of somebody else, as it was first sent: edits and own messages are never delivered as one.
class message {
public:
    message(matrix::room where, event content, std::string trace, unsigned attempt, base::time_point received, bool restored = false);

    event_id const& id() const noexcept { return event_.id(); }
    user_id const& sender() const noexcept { return event_.sender(); }
    // What was typed; without the quotation that older clients put before a reply.
    std::string text() const;
    // "m.text", "m.notice", "m.image", …
    std::string msgtype() const;
    // By the clock of the sender's server: untrusted.
    base::time_point sent() const noexcept { return event_.sent(); }
    // When it was stored here, by our own clock.
    base::time_point received() const noexcept { return received_; }
    // The thread's first event, if it was sent in one.
    std::optional<event_id> thread_root() const;
    // The message it answers.
    std::optional<event_id> in_reply_to() const;
    // Born with the stored message: for logs of everything that comes of it.
    std::string const& trace() const noexcept { return trace_; }
    // 1 at the first delivery.
    unsigned attempt() const noexcept { return attempt_; }
    // The store was put back from a copy, and this message is from before that was noticed: it may have been handled already. What is
    // sent through it, with the same keys, still appears once; whether its other effects are repeated is the handler's decision.
    bool restored() const noexcept { return restored_; }
    // How far it can be believed to be from sender().
    matrix::trust const& trust() const noexcept { return event_.trust(); }
    event const& source() const noexcept { return event_; }
    boost::json::object const& raw() const noexcept { return event_.raw(); }

    // The room; what is sent through it has keys of this message.
    matrix::room const& room() const noexcept { return room_; }
    // Answers in the room, or in the thread if it was sent in one; mentions the sender.
    boost::asio::awaitable<result<event_id>> reply(outgoing what) const;
    // Answers in the message's thread, starting one at this message if there is none.
    boost::asio::awaitable<result<event_id>> reply_in_thread(outgoing what) const;
    boost::asio::awaitable<result<event_id>> react(std::string symbol) const;
    boost::asio::awaitable<result<void>> mark_read() const;

private:
    matrix::room room_;
    event event_;
    std::string trace_;
    unsigned attempt_;
    base::time_point received_;
    bool restored_;
};

class invite {
public:
    invite(matrix::room where, event content);

    room_id const& room() const noexcept { return room_.id(); }
    user_id const& sender() const noexcept { return event_.sender(); }
    boost::asio::awaitable<result<void>> accept() const;
    boost::asio::awaitable<result<void>> reject() const;

private:
    matrix::room room_;
    event event_;
};

}  // namespace chatrixcd::matrix
