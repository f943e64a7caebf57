// SPDX-License-Identifier: Apache-2.0
// Rooms that one is not in yet, or knows by name only: aliases, the list of public rooms, summaries, the rooms of a space (client-server
// API, "Room aliases", "Published room directory", "Spaces"). A handle: cheap to copy, must not outlive its client, used on the client's
// executor. What rooms say of themselves was written by others: shown, never used to decide.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/pages.hpp>
#include <chatrixcd/matrix/raw_json.hpp>
#include <chatrixcd/matrix/space.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// Where an alias leads.
struct resolved_alias {
    room_id room;
    std::vector<std::string> servers;  // that may let us in: for client::join()
};

// What a homeserver tells about a room to those outside.
struct listed_room {
    room_id room;
    std::string name;
    std::string topic;
    std::string canonical_alias;
    std::string avatar_url;
    std::string join_rule;  // "public", "knock", …; "public" if it was not said
    std::string room_type;  // "m.space"; empty for a usual room
    std::string version;    // empty if it was not said
    std::int64_t joined_members = 0;
    bool world_readable = false;
    bool guests_can_join = false;
    bool encrypted = false;
    std::vector<space_child> children;  // of a space in hierarchy()
    raw_json raw;
};

// Which public rooms. Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class room_query {
public:
    room_query() = default;
    // Of another server's list.
    room_query server(std::string name) &&;
    // Words in name, topic or alias.
    room_query containing(std::string words) &&;
    // "m.space"; an empty one stands for usual rooms. Several are alternatives.
    room_query of_type(std::string room_type) &&;
    // Entries a page: 1 to 500, 50 by default.
    room_query page_size(std::size_t entries) &&;

    std::string const& server_name() const noexcept { return server_; }
    // The request's body for the page that begins at `since`.
    boost::json::object request(std::string const& since) const;

private:
    std::string server_;
    std::string words_;
    std::vector<std::string> types_;
    std::size_t page_size_ = 50;
};

class directory {
public:
    explicit directory(detail::runtime& of) : runtime_(&of) {}

    // Idempotent. Errors: not_found.
    boost::asio::awaitable<result<resolved_alias>> resolve(room_alias alias) const;
    // Idempotent: an alias that leads to this room already is a success. Errors: conflict (it leads to another room), forbidden.
    boost::asio::awaitable<result<void>> set_alias(room_alias alias, room_id room) const;
    // Idempotent but for its error `not_found` if there is no such alias.
    boost::asio::awaitable<result<void>> remove_alias(room_alias alias) const;
    // The aliases of our server for that room (not all need be named in its state). Idempotent. Errors: forbidden, unsupported.
    boost::asio::awaitable<result<std::vector<room_alias>>> aliases(room_id room) const;

    // Whether the room is in our server's list of public rooms. Idempotent.
    boost::asio::awaitable<result<bool>> is_published(room_id room) const;
    // Idempotent. Errors: forbidden.
    boost::asio::awaitable<result<void>> publish(room_id room, bool on) const;

    // The list of public rooms. Idempotent.
    pages<listed_room> public_rooms(room_query which = {}) const;
    // One room, by id or alias; `via` are servers to ask. Idempotent. Errors: not_found, unsupported.
    boost::asio::awaitable<result<listed_room>> summary(std::string room_or_alias, std::vector<std::string> via = {}) const;
    // The space and the rooms below it that we may see, the space first; `depth` limits how far below. Pages of 50. Idempotent.
    // Errors: forbidden, unsupported. The server walks the tree; one that answers in circles is cut off by pages::all().
    pages<listed_room> hierarchy(room_id space, std::optional<unsigned> depth = std::nullopt, bool suggested_only = false) const;

    // Makes a successor of the room in that version and closes the room (client-server API, "Room upgrades"). Members are not moved: they
    // follow the tombstone. `creators` have, from version 12 on, the creator's power beside us. Not idempotent: after timeout_unknown look
    // for the tombstone. Errors: forbidden, invalid (M_UNSUPPORTED_ROOM_VERSION).
    boost::asio::awaitable<result<room_id>> upgrade(room_id room, std::string version, std::vector<user_id> creators = {}) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
