// SPDX-License-Identifier: Apache-2.0
// What is known about rooms: our membership, and the current state of those we are in. Called inside store closures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/room.hpp>

namespace chatrixcd::matrix::detail {

enum class membership : std::uint8_t { none, invite, join, leave };

membership our_membership(base::transaction& t, std::int64_t account, room_id const& room);
void set_our_membership(base::transaction& t, std::int64_t account, room_id const& room, membership now);

// `e` must have a state key.
void put_state(base::transaction& t, std::int64_t account, room_id const& room, event const& e);
void forget_state(base::transaction& t, std::int64_t account, room_id const& room);
// The event as JSON text.
std::optional<std::string> find_state(base::transaction& t, std::int64_t account, room_id const& room, std::string const& type,
                                      std::string const& key);

std::vector<member> joined_members(base::transaction& t, std::int64_t account, room_id const& room);
std::vector<room_id> joined_rooms(base::transaction& t, std::int64_t account);

}  // namespace chatrixcd::matrix::detail
