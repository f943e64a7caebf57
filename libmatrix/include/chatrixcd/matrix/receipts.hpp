// SPDX-License-Identifier: Apache-2.0
// How far we have read (client-server API, "Receipts", "Fully read markers"). room::mark_read() is there for the common case. A handle:
// cheap to copy, must not outlive its client, used on the client's executor. All are idempotent: a receipt for an older event changes
// nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// Who may see that we have read.
enum class receipt_kind : std::uint8_t {
    read,          // m.read: everybody in the room
    read_private,  // m.read.private: nobody; it still clears notifications
};

// Of which part of the room.
class receipt_thread {
public:
    // Of the room as a whole: clients that know no threads.
    receipt_thread() = default;
    // Of what is in no thread.
    static receipt_thread main() { return receipt_thread("main"); }
    static receipt_thread of(event_id const& root) { return receipt_thread(root.str()); }

    // "main", an event id, or empty.
    std::string const& str() const noexcept { return name_; }

private:
    explicit receipt_thread(std::string name) : name_(std::move(name)) {}
    std::string name_;
};

class receipts {
public:
    receipts(detail::runtime& of, room_id room) : runtime_(&of), room_(std::move(room)) {}

    boost::asio::awaitable<result<void>> send(event_id up_to, receipt_kind kind = receipt_kind::read, receipt_thread where = {}) const;
    // The marker that other clients of ours jump to, and a receipt of that kind with it, in one request.
    boost::asio::awaitable<result<void>> fully_read(event_id up_to, receipt_kind with = receipt_kind::read) const;

private:
    detail::runtime* runtime_;
    room_id room_;
};

}  // namespace chatrixcd::matrix
