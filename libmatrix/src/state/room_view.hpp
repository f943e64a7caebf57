// SPDX-License-Identifier: Apache-2.0
// Rooms as values, out of their state in the store. Foreign state is read leniently: what is malformed counts as not said. Called inside
// store closures.
#pragma once

#include <optional>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/power.hpp>
#include <chatrixcd/matrix/room.hpp>
#include <chatrixcd/matrix/room_info.hpp>
#include <chatrixcd/matrix/space.hpp>

namespace chatrixcd::matrix::detail {

// Nothing if we are not in the room.
std::optional<room_info> read_info(base::transaction& t, std::int64_t account, room_id const& room, user_id const& me);

// Errors: not_found (we are not in the room, or it shows no create event), unsupported (its version), protocol (malformed levels).
result<power> read_power(base::transaction& t, std::int64_t account, room_id const& room);

// Joined members by user id; as many as are known.
std::vector<member> read_members(base::transaction& t, std::int64_t account, room_id const& room);

// In the order of the specification ("Ordering of children within a space").
std::vector<space_child> read_children(base::transaction& t, std::int64_t account, room_id const& room);
std::vector<space_parent> read_parents(base::transaction& t, std::int64_t account, room_id const& room);

}  // namespace chatrixcd::matrix::detail
