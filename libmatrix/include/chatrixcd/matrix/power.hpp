// SPDX-License-Identifier: Apache-2.0
// Who may do what in a room, as of the last sync: room::power(). The homeserver decides in the end; this answers before one asks it.
// Rules: client-server API, "m.room.power_levels"; room version 12, where creators stand above every number.
#pragma once

#include <string_view>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/protocol/power_levels.hpp>

namespace chatrixcd::matrix {

using protocol::power_level;

// A value: it does not follow the room.
class power {
public:
    explicit power(protocol::power_levels levels) : levels_(std::move(levels)) {}

    power_level level_of(user_id const& user) const { return levels_.level_of(user); }
    // Whether the user's level suffices for an event of this type. Whether the user is in the room is another question.
    bool may_send(user_id const& user, std::string_view type) const;
    bool may_send_state(user_id const& user, std::string_view type) const;
    bool may_invite(user_id const& user) const;
    // The target must stand below the user, too.
    bool may_kick(user_id const& user, user_id const& target) const;
    bool may_ban(user_id const& user, user_id const& target) const;
    // Events of others; one's own can always be redacted by who may send m.room.redaction.
    bool may_redact_others(user_id const& user) const;
    // Whether an @room in the user's messages notifies everybody.
    bool may_notify_room(user_id const& user) const;
    // Who made the room: above every level in room version 12, of no meaning before.
    bool is_creator(user_id const& user) const;

    // Everything that the room says, without the questions.
    protocol::power_levels const& levels() const noexcept { return levels_; }

private:
    protocol::power_levels levels_;
};

}  // namespace chatrixcd::matrix
