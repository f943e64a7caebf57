// SPDX-License-Identifier: Apache-2.0
// Who is in a room (client-server API, "Room membership").
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/members.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

std::optional<std::string> reason_of(call const& c) { return base::find_string(c.body, "reason"); }

result<answer> join_room(step& s, call& c, std::string const& room) {
    if (find_version(s.db, room) == nullptr) return not_found("there is no such room");
    auto joined = join(s, room, c.user, reason_of(c));
    if (!joined) return joined.error();
    json::object body;
    body["room_id"] = room;
    return answer(std::move(body));
}

result<answer> join_by_id(step& s, call& c) { return join_room(s, c, c.parameter("room")); }

// The room that the path names by its id or an alias.
result<std::string> named_room(step& s, call const& c) {
    auto const& name = c.parameter("name");
    if (!name.starts_with('#')) return name;
    auto room = find_alias(s.db, name);
    if (!room) return not_found("there is no such alias");
    return std::move(*room);
}

result<answer> join_by_id_or_alias(step& s, call& c) {
    auto room = named_room(s, c);
    if (!room) return room.error();
    return join_room(s, c, room.value());
}

result<answer> knock(step& s, call& c) {
    auto room = named_room(s, c);
    if (!room) return room.error();
    if (find_version(s.db, room.value()) == nullptr) return not_found("there is no such room");
    // Knocking twice is knocking once.
    auto const member = find_membership(s.db, room.value(), c.user.str());
    if (!member || member->membership != "knock") {
        auto done = append(s, member_draft(s, room.value(), c.user, c.user.str(), "knock", reason_of(c)));
        if (!done) return done.error();
    }
    json::object body;
    body["room_id"] = std::move(room.value());
    return answer(std::move(body));
}

// What the caller makes of another user's, or their own, membership.
result<answer> set_membership(step& s, call& c, std::string const& user, std::string_view membership) {
    auto done = append(s, member_draft(s, c.parameter("room"), c.user, user, membership, reason_of(c)));
    // Whether a room exists is nobody's business who is not in it.
    if (!done && done.error().kind() == error_kind::not_found) return forbidden("you are not in this room");
    if (!done) return done.error();
    return answer();
}

result<std::string> named_user(call const& c) {
    auto user = base::find_string(c.body, "user_id");
    if (!user) return missing_param("user_id is missing");
    if (!protocol::user_id::parse(*user)) return invalid_param("user_id is no user id");
    return std::move(*user);
}

result<answer> invite(step& s, call& c) {
    auto user = named_user(c);
    if (!user) return user.error();
    if (!is_joined(s.db, c.parameter("room"), c.user.str())) return forbidden("you are not in this room");
    if (auto local = local_user(s, user.value()); !local) return local.error();
    return set_membership(s, c, user.value(), "invite");
}

result<answer> leave(step& s, call& c) {
    auto const member = find_membership(s.db, c.parameter("room"), c.user.str());
    if (!member) return forbidden("you are not in this room");
    if (member->membership == "leave") return answer();
    return set_membership(s, c, c.user.str(), "leave");
}

result<answer> kick(step& s, call& c) {
    auto user = named_user(c);
    if (!user) return user.error();
    auto const member = find_membership(s.db, c.parameter("room"), user.value());
    // A leave event would also lift a ban: that is unban's business.
    bool const present = member && (member->membership == "join" || member->membership == "invite" || member->membership == "knock");
    if (!present) return forbidden("that user is not in this room");
    return set_membership(s, c, user.value(), "leave");
}

result<answer> ban(step& s, call& c) {
    auto user = named_user(c);
    if (!user) return user.error();
    return set_membership(s, c, user.value(), "ban");
}

result<answer> unban(step& s, call& c) {
    auto user = named_user(c);
    if (!user) return user.error();
    auto const member = find_membership(s.db, c.parameter("room"), user.value());
    if (!member || member->membership != "ban") return forbidden("that user is not banned from this room");
    return set_membership(s, c, user.value(), "leave");
}

result<answer> forget(step& s, call& c) {
    auto const member = find_membership(s.db, c.parameter("room"), c.user.str());
    if (!member) return bad_request("M_UNKNOWN", "you were never in this room");
    if (member->membership != "leave" && member->membership != "ban") return bad_request("M_UNKNOWN", "leave the room first");
    forget_room(s.db, c.parameter("room"), c.user.str());
    return answer();
}

result<answer> joined_rooms(step& s, call& c) {
    json::array rooms;
    for (auto const& member : memberships_of(s.db, c.user.str())) {
        if (member.membership == "join") rooms.emplace_back(member.room);
    }
    json::object body;
    body["joined_rooms"] = std::move(rooms);
    return answer(std::move(body));
}

}  // namespace

void add_membership(service& to) {
    to.add(method::post, "/join/{name}", access::user, body_rule::optional, join_by_id_or_alias);
    to.add(method::post, "/knock/{name}", access::user, body_rule::optional, knock);
    to.add(method::post, "/rooms/{room}/join", access::user, body_rule::optional, join_by_id);
    to.add(method::post, "/rooms/{room}/invite", access::user, body_rule::required, invite);
    to.add(method::post, "/rooms/{room}/leave", access::user, body_rule::optional, leave);
    to.add(method::post, "/rooms/{room}/kick", access::user, body_rule::required, kick);
    to.add(method::post, "/rooms/{room}/ban", access::user, body_rule::required, ban);
    to.add(method::post, "/rooms/{room}/unban", access::user, body_rule::required, unban);
    to.add(method::post, "/rooms/{room}/forget", access::user, body_rule::optional, forget);
    to.add(method::get, "/joined_rooms", access::user, body_rule::none, joined_rooms);
}

}  // namespace chatrixcd::homeserver
