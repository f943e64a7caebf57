// SPDX-License-Identifier: Apache-2.0
// What the rules for one event look at, read once out of the state.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/protocol/auth_rules.hpp>
#include <chatrixcd/protocol/power_levels.hpp>

namespace chatrixcd::protocol {

// "forbidden", with a message that starts with the event's type.
base::error rejected(pdu const& event, std::string_view rule);

struct auth_context {
    pdu const& event;
    auth_state const& state;
    signature_check const& signed_by;
    pdu const& create;
    power_levels levels;
    power_level sender_level;

    // The membership of a user, whose id need not be valid; "leave" for those who have none.
    std::string_view membership(std::string_view user) const;
    std::string_view sender_membership() const { return membership(event.sender().str()); }
    // What an invalid user id has, is the default.
    power_level level_of(std::string_view user) const;
    // "invite" if nothing is said.
    std::string_view join_rule() const;

    base::error reject(std::string_view rule) const { return rejected(event, rule); }
};

// Refuses if the state has no create event of this room, or one of its events that matter here is malformed.
result<auth_context> make_auth_context(pdu const& event, auth_state const& state, signature_check const& signed_by);

}  // namespace chatrixcd::protocol
