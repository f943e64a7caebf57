// SPDX-License-Identifier: Apache-2.0
// A room to try events on: each event is well-formed, hashed and signed by its sender's server.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/protocol/auth_rules.hpp>

namespace chatrixcd::test {

using protocol::pdu;

class room_fixture {
public:
    // Created by @creator:a, who has joined; the room is otherwise empty of state.
    explicit room_fixture(protocol::room_version const& version, std::string_view create_content = "{}");

    // An event on top of the room.
    pdu event(std::string_view sender, std::string_view type, std::optional<std::string> state_key, std::string_view content) const;
    pdu member(std::string_view sender, std::string_view target, std::string_view membership) const;
    // A join whose previous event is the create event, alone or with another.
    pdu join_after_create(std::string_view user, std::string_view another = {}) const;

    // Into the state, whether the rules like it or not.
    void put(std::string_view sender, std::string_view type, std::string_view state_key, std::string_view content);
    void set_member(std::string_view user, std::string_view membership);
    void set_join_rule(std::string_view rule);
    void set_levels(std::string_view content) { put("@creator:a", "m.room.power_levels", "", content); }

    // "allowed", or the rule that rejected it.
    std::string outcome(pdu const& event) const;
    std::string send(std::string_view sender, std::string_view type, std::optional<std::string> state_key, std::string_view content) const;
    std::string change(std::string_view sender, std::string_view target, std::string_view membership) const;

    protocol::room_version const& version;
    protocol::auth_state state;
    std::string room;
    // The server whose signature counts as valid for join_authorised_via_users_server.
    std::string signing_server = "a";

private:
    std::string last_event_;
};

// What the parts of an event are made into: signed JSON of the version's format.
pdu make_event(protocol::room_version const& version, boost::json::object parts, std::string_view content);

}  // namespace chatrixcd::test
