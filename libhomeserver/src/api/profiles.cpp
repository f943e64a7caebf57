// SPDX-License-Identifier: Apache-2.0
// Profiles (client-server API, "Profiles"). A new name or avatar is told to every room that the user is in.
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/append.hpp"
#include "store/accounts.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t most_bytes = 255;

std::string_view name_of(profile_field field) { return field == profile_field::displayname ? "displayname" : "avatar_url"; }

result<account> find(step& s, call const& c) {
    auto found = find_account(s.db, c.parameter("user"));
    if (!found) return not_found("there is no such user");
    return std::move(*found);
}

json::object describe(account const& of) {
    json::object body;
    if (of.displayname) body["displayname"] = *of.displayname;
    if (of.avatar_url) body["avatar_url"] = *of.avatar_url;
    return body;
}

result<answer> get_profile(step& s, call& c) {
    auto found = find(s, c);
    if (!found) return found.error();
    return answer(describe(found.value()));
}

result<answer> get_field(step& s, call& c, profile_field field) {
    auto found = find(s, c);
    if (!found) return found.error();
    auto body = describe(found.value());
    auto const* value = body.if_contains(name_of(field));
    if (value == nullptr) return not_found("this user has none");
    json::object one;
    one[name_of(field)] = *value;
    return answer(std::move(one));
}

// A room where the user's event is refused keeps the old profile: that is no reason to refuse the new one.
void tell_rooms(step& s, call const& c, profile_field field, std::optional<std::string> const& value) {
    for (auto const& member : memberships_of(s.db, c.user.str())) {
        if (member.membership != "join") continue;
        draft d;
        d.room = member.room;
        d.sender = c.user;
        d.type = protocol::event_types::member;
        d.state_key = c.user.str();
        d.content = load(s, member.event_id).content();
        d.content.erase(name_of(field));
        // Says who allowed the first join; does not belong into later events.
        d.content.erase("join_authorised_via_users_server");
        if (value) d.content[name_of(field)] = *value;
        static_cast<void>(append(s, std::move(d)));
    }
}

result<answer> put_field(step& s, call& c, profile_field field) {
    if (c.parameter("user") != c.user.str()) return forbidden("this is somebody else's profile");
    std::optional<std::string> value;
    base::json_reader reader(c.body, "request");
    reader.optional(name_of(field), value);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (value && value->size() > most_bytes) return bad_request("M_TOO_LARGE", "that is too long");
    if (value && value->empty()) value.reset();
    set_profile(s.db, c.user.str(), field, value);
    tell_rooms(s, c, field, value);
    return answer();
}

}  // namespace

void add_profiles(service& to) {
    to.add(method::get, "/profile/{user}", access::anybody, body_rule::none, get_profile);
    for (auto const field : {profile_field::displayname, profile_field::avatar_url}) {
        auto const pattern = "/profile/{user}/" + std::string(name_of(field));
        to.add(method::get, pattern, access::anybody, body_rule::none, [field](step& s, call& c) { return get_field(s, c, field); });
        to.add(method::put, pattern, access::user, body_rule::required, [field](step& s, call& c) { return put_field(s, c, field); });
    }
}

}  // namespace chatrixcd::homeserver
