// SPDX-License-Identifier: Apache-2.0
// Rooms: their version, their newest events, their current state, and who is what in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/room_version.hpp>

namespace chatrixcd::homeserver {

// An event that no other event names as its predecessor yet.
struct extremity {
    std::string event_id;
    std::int64_t depth = 0;
    std::int64_t state_after = 0;
};

void insert_room(base::transaction& db, std::string const& room, protocol::room_version const& version);
// nullptr if there is no such room.
protocol::room_version const* find_version(base::transaction& db, std::string const& room);

// Without federation there is one, save before the first event.
std::vector<extremity> extremities(base::transaction& db, std::string const& room);
// `event_id` has all the room's extremities as its predecessors, and takes their place.
void replace_extremities(base::transaction& db, std::string const& room, std::string const& event_id);

void put_current_state(base::transaction& db, std::string const& room, std::string const& type, std::string const& state_key,
                       std::string const& event_id);
std::optional<std::string> current_state_event(base::transaction& db, std::string const& room, std::string_view type,
                                               std::string_view state_key);

// The current state events of one type: their ids by state key.
std::vector<std::pair<std::string, std::string>> current_state_of_type(base::transaction& db, std::string const& room,
                                                                       std::string const& type);

// A user's place in a room: the latest m.room.member event about them.
struct membership_row {
    std::string room;
    std::string user;
    std::string membership;
    std::string event_id;
    std::int64_t stream = 0;
    // When the present, or else the last stay began; none if there was no stay.
    std::optional<std::int64_t> joined_at;
    // When the last stay ended; none while there is one. The latest event may be a later one: a ban of somebody who had left.
    std::optional<std::int64_t> left_at;
    bool forgotten = false;
};

void put_membership(base::transaction& db, membership_row const& row);
std::optional<membership_row> find_membership(base::transaction& db, std::string const& room, std::string const& user);
// Those not forgotten, by room.
std::vector<membership_row> memberships_of(base::transaction& db, std::string const& user);
// Of every user who has one, by arrival.
std::vector<membership_row> members_of(base::transaction& db, std::string const& room);
void forget_room(base::transaction& db, std::string const& room, std::string const& user);
bool is_joined(base::transaction& db, std::string const& room, std::string const& user);

std::int64_t joined_count(base::transaction& db, std::string const& room);

// Whether the directory lists the room.
bool is_listed(base::transaction& db, std::string const& room);
void set_listed(base::transaction& db, std::string const& room, bool listed);
// The largest rooms first.
std::vector<std::string> listed_rooms(base::transaction& db);

std::optional<std::string> find_alias(base::transaction& db, std::string const& alias);
std::vector<std::string> aliases_of(base::transaction& db, std::string const& room);
std::optional<std::string> creator_of_alias(base::transaction& db, std::string const& alias);
void delete_alias(base::transaction& db, std::string const& alias);
void move_aliases(base::transaction& db, std::string const& from, std::string const& to);
// False if the alias is taken.
bool put_alias(base::transaction& db, std::string const& alias, std::string const& room, std::string const& creator);

}  // namespace chatrixcd::homeserver
