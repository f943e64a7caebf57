// SPDX-License-Identifier: Apache-2.0
// New rooms: the events of POST /createRoom, in the order that the specification gives.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/protocol/room_version.hpp>

#include "events/append.hpp"

namespace chatrixcd::homeserver {

inline constexpr protocol::room_version const& default_room_version = protocol::room_versions::v11;

struct initial_state {
    std::string type;
    std::string state_key;
    boost::json::object content;
};

// What a client wants of a room.
struct room_wish {
    // Errors: M_BAD_JSON, M_INVALID_PARAM (an unknown preset), M_UNSUPPORTED_ROOM_VERSION.
    static result<room_wish> read(boost::json::object const& body);

    protocol::room_version const* version = &default_room_version;
    bool is_public = false;   // join rule `public`, else `invite`
    bool is_trusted = false;  // who is invited gets the creator's power
    bool is_direct = false;
    std::optional<std::string> name;
    std::optional<std::string> topic;
    std::optional<std::string> alias;  // the localpart
    std::vector<std::string> invite;
    std::vector<initial_state> state;
    boost::json::object creation_content;
    boost::json::object power_levels;                       // over the usual ones
    std::optional<boost::json::object> exact_power_levels;  // instead of them
    bool is_listed = false;
};

// A version that rooms here may have. Error: M_UNSUPPORTED_ROOM_VERSION.
result<protocol::room_version const*> usable_version(std::string const& id);

// Makes the room and returns its id. `opaque`: random characters for the id; unused where the create event makes it.
// Errors: those of append() and local_user(), but M_INVALID_ROOM_STATE for what the auth rules refuse; M_ROOM_IN_USE (the alias is taken).
// What was written must then be undone.
result<std::string> make_room(step& s, protocol::user_id const& creator, room_wish wish, std::string const& opaque);

}  // namespace chatrixcd::homeserver
