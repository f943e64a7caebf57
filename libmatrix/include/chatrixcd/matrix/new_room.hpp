// SPDX-License-Identifier: Apache-2.0
// What client::create_room() makes: everything that POST /createRoom offers (client-server API, "Creation").
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

// Who may join and see what was said, and who may do what.
enum class room_preset : std::uint8_t {
    private_chat,          // who is invited; members see the history
    trusted_private_chat,  // as above, and everybody invited has the creator's power
    public_chat,           // anybody
};
std::string_view to_string(room_preset p) noexcept;

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class new_room {
public:
    new_room() = default;
    new_room name(std::string text) &&;
    new_room topic(std::string text) &&;
    new_room invite(user_id user) &&;
    new_room preset(room_preset which) &&;
    // Anybody may join; by default only who is invited.
    new_room open() &&;
    // A conversation with those invited; they see it as such. See account::mark_direct() for our own list.
    new_room direct() &&;
    // The part of an alias before ':'; the alias becomes the room's main one. Refused as `invalid` (M_ROOM_IN_USE) if it is taken.
    new_room alias(std::string localpart) &&;
    // In the homeserver's list of public rooms.
    new_room published() &&;
    // "11"; the homeserver's default if it is not given. See server_features::room_versions().
    new_room version(std::string room_version) &&;
    // m.room.encryption from the first event on. It can never be switched off again.
    new_room encrypted() &&;
    // A space (room type m.space), in which only those with power say anything.
    new_room space() &&;
    // Users of other servers can never join.
    new_room local_only() &&;
    // A state event from the start; name() and topic() win over it.
    new_room state(std::string type, std::string key, boost::json::object content) &&;
    // Members of m.room.power_levels that replace the preset's.
    new_room power_levels(boost::json::object content) &&;
    // A member of m.room.create.
    new_room creation(std::string key, boost::json::value const& content) &&;

    // The request's body.
    boost::json::object request() const;

private:
    std::string name_;
    std::string topic_;
    std::string alias_;
    std::string version_;
    room_preset preset_ = room_preset::private_chat;
    std::vector<user_id> invited_;
    std::vector<raw_json> state_;
    raw_json power_levels_;
    raw_json creation_;
    bool direct_ = false;
    bool published_ = false;
    bool space_ = false;
};

}  // namespace chatrixcd::matrix
