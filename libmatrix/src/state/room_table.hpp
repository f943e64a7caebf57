// SPDX-License-Identifier: Apache-2.0
// What is known about rooms: our membership, and the current state of those we are in. Called inside store closures.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix::detail {

class raw_event;

enum class membership : std::uint8_t { none, invite, join, leave };

// As stored: do not renumber.
enum class upgrade_step : std::uint8_t {
    none = 0,
    followed = 1,  // we are in its successor
    refused = 2,   // what it names is not its successor
    pending = 3,
    joining = 4,  // pending, and we may have joined it for this
};

// What is kept of a room beside its state.
struct room_row {
    membership ours = membership::none;
    bool members_known = true;     // whether the members in the store are all of them
    std::int64_t members_gap = 0;  // the last sync batch that may have left some out
    std::string encryption;        // the algorithm that was asked for; empty: never encrypted
    std::optional<std::int64_t> joined_count;
    std::optional<std::int64_t> invited_count;
    std::vector<std::string> heroes;
    std::string last_event;  // the newest of the timeline that was taken in
    upgrade_step upgrade = upgrade_step::none;

    friend bool operator==(room_row const&, room_row const&) = default;
};

// Of a room that is not known: a default one.
room_row load_room(base::transaction& t, std::int64_t account, room_id const& room);
void save_room(base::transaction& t, std::int64_t account, room_id const& room, room_row const& now);
// Whoever is not in `rooms`, of those we are in or invited to: we are not, any more, and their state is forgotten.
void leave_all_but(base::transaction& t, std::int64_t account, std::vector<room_id> rooms);

void forget_state(base::transaction& t, std::int64_t account, room_id const& room);
// Replaces the members by a complete list, as it was asked for after the sync batch `asked_at`; what came since stays as it is.
void replace_members(base::transaction& t, std::int64_t account, room_id const& room, std::vector<raw_event> const& members,
                     std::int64_t asked_at);
// The event as JSON text.
std::optional<std::string> find_state(base::transaction& t, std::int64_t account, room_id const& room, std::string_view type,
                                      std::string_view key);

// State events of one type, as JSON text, by state key.
struct state_row {
    std::string key;
    std::string event;
};
std::vector<state_row> state_of_type(base::transaction& t, std::int64_t account, room_id const& room, std::string_view type);

// A member event's row.
struct member_row {
    std::string user;  // a state key: perhaps no user id
    std::string membership;
    std::string event;
};
// Those whose membership is one of two; the same one twice for one.
std::vector<member_row> members_with(base::transaction& t, std::int64_t account, room_id const& room, std::string_view one,
                                     std::string_view other);
// "join", "invite", "leave", "ban", "knock"; nothing if the user is not among the members that are known.
std::optional<std::string> membership_of(base::transaction& t, std::int64_t account, room_id const& room, user_id const& user);
std::int64_t count_members(base::transaction& t, std::int64_t account, room_id const& room, std::string_view membership);

std::vector<room_id> joined_rooms(base::transaction& t, std::int64_t account);
// Rooms that we and somebody else have joined, as far as their members are known.
std::vector<room_id> shared_rooms(base::transaction& t, std::int64_t account, user_id const& with);
// Rooms whose successor is to be joined.
std::vector<room_id> pending_upgrades(base::transaction& t, std::int64_t account);

}  // namespace chatrixcd::matrix::detail
