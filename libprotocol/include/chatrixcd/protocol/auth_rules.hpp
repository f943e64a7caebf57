// SPDX-License-Identifier: Apache-2.0
// The authorisation rules of room versions 10, 11 and 12 (room version specifications, "Authorisation rules"; server-server API,
// "Auth events selection"), as pure functions. An event is authorised several times against different states: that of its auth events,
// that before it, the current one; the caller says which by the auth_state that it hands in.
#pragma once

#include <boost/json/fwd.hpp>
#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/protocol/event.hpp>
#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/room_version.hpp>

namespace chatrixcd::protocol {

// A place in a room's state.
struct state_slot {
    std::string type;
    std::string state_key;
    friend std::strong_ordering operator<=>(state_slot const&, state_slot const&) = default;
};

// Accepted state events by their slots. For authorising an event those of auth_slots() suffice, with the create event, which version 12
// needs here too.
class auth_state {
public:
    // Takes its slot, whatever was there. The event must be a state event.
    void put(pdu event);
    // nullptr if the slot is empty; valid until the next put.
    pdu const* find(std::string_view type, std::string_view state_key) const;

private:
    std::map<std::pair<std::string, std::string>, pdu> events_;
};

// The slots whose events, where there are any, belong into the auth_events of such an event: none for m.room.create. Takes the parts, for
// it is called before there is a pdu. What is malformed in the content selects nothing.
std::vector<state_slot> auth_slots(room_version const& version, std::string_view type, user_id const& sender,
                                   std::optional<std::string_view> state_key, boost::json::object const& content);
std::vector<state_slot> auth_slots(pdu const& event);

// Tells whether an event carries a valid signature of a server. Asked only for `join_authorised_via_users_server`; that the sender's
// server signed is checked before, by the caller.
using signature_check = std::function<bool(pdu const& event, server_name const& server)>;

// Allows, or refuses with `forbidden` and a message that names the rule. The create event of the state, without which nothing but a create
// event is allowed, says which creators and which federation there are. Does not look at the event's auth_events: see below.
result<void> authorize(pdu const& event, auth_state const& state, signature_check const& signed_by);

struct auth_event {
    pdu event;
    bool rejected = false;
};

// The rules about the event's auth_events: given those events, in any order, refuses (`forbidden`) duplicates, entries that auth_slots()
// does not select, rejected ones, those of another room, and the lack of a create event where one is needed.
result<void> check_auth_events(pdu const& event, std::span<auth_event const> auth_events);

}  // namespace chatrixcd::protocol
