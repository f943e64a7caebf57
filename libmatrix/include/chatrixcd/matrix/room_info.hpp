// SPDX-License-Identifier: Apache-2.0
// What is known of a room, as of the last sync: room::info(). Everything in it was written by others; names are shown and never decide.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// A value: it does not follow the room.
class room_info {
public:
    room_info() = default;

    // "1" to "12", or one that we do not know; "1" if the room does not say.
    std::string version;
    // "m.space" for spaces; empty for rooms to talk in.
    std::string type;
    // Its first creator, and in version 12 those whom that one added (client-server API, "m.room.create"). Empty if the event is malformed
    // or the version unknown.
    std::vector<user_id> creators;
    // What to call it: its name, else its alias, else the people in it (client-server API, "Calculating the display name for a room").
    // Never empty.
    std::string name;
    // m.room.name alone; empty if it has none.
    std::string given_name;
    std::string topic;
    std::string avatar_url;
    room_alias canonical_alias;  // empty: none
    std::vector<room_alias> alt_aliases;
    // "public", "invite", "knock", "restricted", …; "invite" if the room does not say.
    std::string join_rule;
    // "shared" if the room does not say.
    std::string history_visibility;
    // The algorithm (m.room.encryption). Once a room was encrypted this stays, whatever is said later. Empty: never encrypted.
    std::string encryption;
    std::vector<event_id> pinned;
    // As the homeserver counts, else as far as members are known.
    std::size_t joined_members = 0;
    std::size_t invited_members = 0;
    // Whether every member is in the store; room::members() sees to it.
    bool members_known = false;
    // Where the room goes on, as its tombstone says; whether that room agrees is not said.
    room_id successor;
    std::string tombstone;  // what it says to people
    // Which room this one continues, as it says itself.
    room_id predecessor;

    bool is_encrypted() const noexcept { return !encryption.empty(); }
    bool is_space() const noexcept { return type == "m.space"; }
};

}  // namespace chatrixcd::matrix
