// SPDX-License-Identifier: Apache-2.0
// What was said in a room, asked from the homeserver (client-server API, "Syncing": /messages, "Forming relationships between events",
// "Threading", "Jump to date"). Nothing of it is stored, and none of it is delivered to handlers. A handle: cheap to copy, must not outlive
// its client, used on the client's executor. All are idempotent. Errors: forbidden (not in the room), not_found, unsupported.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/pages.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

enum class direction : std::uint8_t { backwards, forwards };

// An event and what was said around it.
struct event_context {
    event at;
    std::vector<event> before;  // newest first
    std::vector<event> after;   // oldest first
    std::vector<event> state;   // of the room at the last of these events
    std::string start;          // where history::messages() goes on backwards
    std::string end;            // and forwards
};

// An event near a time.
struct event_at {
    event_id id;
    base::time_point sent;
};

// Which events. Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class message_query {
public:
    message_query() = default;
    message_query going(direction which) &&;
    // A position that a homeserver gave: pages::position(), event_context; by default from the end (backwards) or the beginning.
    message_query from(std::string position) &&;
    // Where to stop.
    message_query to(std::string position) &&;
    // A RoomEventFilter (client-server API, "Filtering").
    message_query filter(boost::json::object const& room_event_filter) &&;
    // Events a page: 1 to 500, 50 by default.
    message_query page_size(std::size_t events) &&;

    direction way() const noexcept { return way_; }
    std::string const& start() const noexcept { return from_; }
    std::string const& stop() const noexcept { return to_; }
    std::string const& filter_text() const noexcept { return filter_; }
    std::size_t size() const noexcept { return size_; }

private:
    direction way_ = direction::backwards;
    std::string from_;
    std::string to_;
    std::string filter_;
    std::size_t size_ = 50;
};

// Which of the events that relate to one. As above.
class relation_query {
public:
    relation_query() = default;
    // "m.annotation", "m.thread", "m.reference", …
    relation_query of_relation(std::string rel_type) &&;
    // With a relation only: "m.reaction", …
    relation_query of_type(std::string event_type) &&;
    relation_query going(direction which) &&;
    // Also what relates to those, as far as the homeserver goes.
    relation_query recursive() &&;
    // Events a page: 1 to 500, 50 by default.
    relation_query page_size(std::size_t events) &&;

    std::string const& rel_type() const noexcept { return rel_type_; }
    std::string const& event_type() const noexcept { return event_type_; }
    direction way() const noexcept { return way_; }
    bool recurse() const noexcept { return recurse_; }
    std::size_t size() const noexcept { return size_; }

private:
    std::string rel_type_;
    std::string event_type_;
    direction way_ = direction::backwards;
    bool recurse_ = false;
    std::size_t size_ = 50;
};

class history {
public:
    history(detail::runtime& of, room_id room) : runtime_(&of), room_(std::move(room)) {}

    boost::asio::awaitable<result<event>> get(event_id id) const;
    // `around`: how many events at most before and after together, 0 to 500.
    boost::asio::awaitable<result<event_context>> context(event_id id, std::size_t around = 10) const;
    // Malformed events are left out.
    pages<event> messages(message_query which = {}) const;
    pages<event> relations(event_id to, relation_query which = {}) const;
    // The first events of the room's threads, the one with the newest message first.
    pages<event> threads(bool only_ours = false) const;
    // The first event at or after `time`, or the last at or before it, by the clocks of the senders' servers.
    boost::asio::awaitable<result<event_at>> near(base::time_point time, direction way = direction::forwards) const;

private:
    detail::runtime* runtime_;
    room_id room_;
};

}  // namespace chatrixcd::matrix
