// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "auth/rules.hpp"

namespace chatrixcd::protocol {

namespace {

constexpr std::string_view authorising_user_key = "join_authorised_via_users_server";

bool is_restricted(std::string_view rule, room_version const& version) {
    return rule == "restricted" || (rule == "knock_restricted" && version.knock_restricted);
}

// Who let the user in must have signed, whatever the membership.
result<void> check_authorising_server(auth_context const& context) {
    if (!context.event.content().contains(authorising_user_key)) return {};
    auto const user = user_id::parse(std::string(context.event.content_string(authorising_user_key)));
    if (!user || !context.signed_by(context.event, user->server()))
        return context.reject("it is not signed by the server of the user who authorised the join");
    return {};
}

result<void> authorize_restricted_join(auth_context const& context, std::string_view current) {
    if (current == "join" || current == "invite") return {};
    auto const authorising = context.event.content_string(authorising_user_key);
    if (context.membership(authorising) != "join") return context.reject("join: no member of the room authorised it");
    if (context.level_of(authorising) < context.levels.invite()) return context.reject("join: the member who authorised it may not invite");
    return {};
}

result<void> authorize_join(auth_context const& context, std::string_view target) {
    auto const& event = context.event;
    bool const follows_create = event.prev_events().size() == 1 && event.prev_events().front() == context.create.id();
    if (follows_create && target == context.levels.creators().front().str()) return {};
    if (event.sender().str() != target) return context.reject("join: the sender is somebody else");
    auto const current = context.sender_membership();
    if (current == "ban") return context.reject("join: the user is banned");
    auto const rule = context.join_rule();
    if (rule == "public") return {};
    if (rule == "invite" || rule == "knock") {
        if (current == "invite" || current == "join") return {};
        return context.reject("join: the user is not invited");
    }
    if (is_restricted(rule, event.version())) return authorize_restricted_join(context, current);
    return context.reject("join: the room's join rule lets nobody in");
}

result<void> authorize_invite(auth_context const& context, std::string_view target) {
    if (context.event.content().contains("third_party_invite")) return authorize_third_party_invite(context);
    if (context.sender_membership() != "join") return context.reject("invite: the sender is not in the room");
    auto const current = context.membership(target);
    if (current == "join") return context.reject("invite: the user is in the room already");
    if (current == "ban") return context.reject("invite: the user is banned");
    if (context.sender_level < context.levels.invite()) return context.reject("invite: the sender's power level is too low");
    return {};
}

result<void> authorize_leave(auth_context const& context, std::string_view target) {
    auto const sender_membership = context.sender_membership();
    if (context.event.sender().str() == target) {
        if (sender_membership == "invite" || sender_membership == "join" || sender_membership == "knock") return {};
        return context.reject("leave: the user is neither in the room nor invited nor knocking");
    }
    if (sender_membership != "join") return context.reject("kick: the sender is not in the room");
    if (context.membership(target) == "ban" && context.sender_level < context.levels.ban())
        return context.reject("unban: the sender's power level is too low");
    if (context.sender_level < context.levels.kick()) return context.reject("kick: the sender's power level is too low");
    if (context.level_of(target) >= context.sender_level) return context.reject("kick: the user's power level is not below the sender's");
    return {};
}

result<void> authorize_ban(auth_context const& context, std::string_view target) {
    if (context.sender_membership() != "join") return context.reject("ban: the sender is not in the room");
    if (context.sender_level < context.levels.ban()) return context.reject("ban: the sender's power level is too low");
    if (context.level_of(target) >= context.sender_level) return context.reject("ban: the user's power level is not below the sender's");
    return {};
}

result<void> authorize_knock(auth_context const& context, std::string_view target) {
    auto const rule = context.join_rule();
    bool const may_knock = rule == "knock" || (rule == "knock_restricted" && context.event.version().knock_restricted);
    if (!may_knock) return context.reject("knock: the room's join rule has no knocking");
    if (context.event.sender().str() != target) return context.reject("knock: the sender is somebody else");
    auto const current = context.sender_membership();
    if (current == "ban") return context.reject("knock: the user is banned");
    if (current == "invite" || current == "join") return context.reject("knock: the user is in the room or invited already");
    return {};
}

}  // namespace

result<void> authorize_member(auth_context const& context) {
    auto const& event = context.event;
    if (!event.state_key()) return context.reject("it has no state key");
    auto const* membership = event.content().if_contains("membership");
    if (membership == nullptr) return context.reject("it has no membership");
    if (auto checked = check_authorising_server(context); !checked) return checked;
    auto const wanted = event.content_string("membership");
    std::string_view const target = *event.state_key();
    if (wanted == "join") return authorize_join(context, target);
    if (wanted == "invite") return authorize_invite(context, target);
    if (wanted == "leave") return authorize_leave(context, target);
    if (wanted == "ban") return authorize_ban(context, target);
    if (wanted == "knock") return authorize_knock(context, target);
    return context.reject("the membership is unknown");
}

}  // namespace chatrixcd::protocol
