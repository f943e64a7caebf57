// SPDX-License-Identifier: Apache-2.0
#include "events/members.hpp"

#include <chatrixcd/protocol/event_types.hpp>
#include <utility>

#include "api/refusal.hpp"
#include "events/power.hpp"
#include "rooms/room_summary.hpp"
#include "store/accounts.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace types = protocol::event_types;

namespace {

// A member who may invite, and so may answer for a restricted join ("Restricted rooms").
std::optional<std::string> find_authoriser(step& s, std::string const& room) {
    auto const levels = levels_of(s, room);
    if (!levels) return std::nullopt;
    for (auto const& member : members_of(s.db, room)) {
        if (member.membership != "join") continue;
        if (levels->level_of(protocol::user_id(member.user)) >= protocol::power_level(levels->invite())) return member.user;
    }
    return std::nullopt;
}

}  // namespace

draft member_draft(step& s, std::string const& room, protocol::user_id const& sender, std::string const& user, std::string_view membership,
                   std::optional<std::string> const& reason) {
    draft d;
    d.room = room;
    d.sender = sender;
    d.type = types::member;
    d.state_key = user;
    d.content["membership"] = membership;
    if (reason) d.content["reason"] = *reason;
    if (membership != "join" && membership != "invite" && membership != "knock") return d;
    if (auto const profile = find_account(s.db, user)) {
        if (profile->displayname) d.content["displayname"] = *profile->displayname;
        if (profile->avatar_url) d.content["avatar_url"] = *profile->avatar_url;
    }
    return d;
}

result<void> join(step& s, std::string const& room, protocol::user_id const& user, std::optional<std::string> const& reason) {
    auto const member = find_membership(s.db, room, user.str());
    if (member && member->membership == "join") return {};
    auto d = member_draft(s, room, user, user.str(), "join", reason);
    bool const invited = member && member->membership == "invite";
    auto const rules = load_current(s, room, types::join_rules, "");
    if (rules && !invited) {
        auto const rule = rules->content_string("join_rule");
        bool const restricted = rule == "restricted" || rule == "knock_restricted";
        if (restricted && is_allowed_by_rule(s, room, user.str())) {
            if (auto const authoriser = find_authoriser(s, room)) d.content["join_authorised_via_users_server"] = *authoriser;
        }
    }
    auto joined = append(s, std::move(d));
    if (!joined) return joined.error();
    return {};
}

result<protocol::user_id> local_user(step& s, std::string const& id) {
    auto user = protocol::user_id::parse(id);
    if (!user) return invalid_param("that is no user id");
    if (user.value().server() != s.server.name) return forbidden("users of other servers cannot come here: there is no federation");
    if (!account_exists(s.db, id)) return not_found("there is no such user");
    return user;
}

}  // namespace chatrixcd::homeserver
