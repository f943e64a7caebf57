// SPDX-License-Identifier: Apache-2.0
// Follows rooms that were upgraded while we were in them (client-server API, "Room upgrades"). Whoever may upgrade a room can name any
// other: only one that names the old room as its predecessor is its successor, and we stay in no other.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>

#include <chatrixcd/base/notifier.hpp>

#include "http/api.hpp"
#include "state/room_table.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

// What a room says of the one before it.
enum class succession : std::uint8_t { agreed, denied };

class upgrade_follower {
public:
    using listener = std::function<boost::asio::awaitable<void>(room_id before, room_id after)>;

    // Both outlive it. `told` is called before a room counts as followed: again, after a crash in between.
    upgrade_follower(services& with, api& homeserver, listener told);

    // Ends by cancellation.
    boost::asio::awaitable<void> run();
    // There may be a room to follow.
    void wake();

private:
    // Whether the room is done with; otherwise it is to be tried again.
    boost::asio::awaitable<bool> follow(room_id before);
    boost::asio::awaitable<base::result<void>> enter(room_id before, room_id after, user_id upgrader);
    boost::asio::awaitable<base::result<succession>> ask_successor(room_id after, room_id before);
    boost::asio::awaitable<void> leave(room_id after);
    boost::asio::awaitable<void> tell(room_id before, room_id after);
    boost::asio::awaitable<void> keep(room_id before, upgrade_step step);

    services* with_;
    api* api_;
    listener told_;
    std::uint64_t version_ = 0;
    base::notifier changed_;
    backoff wait_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
