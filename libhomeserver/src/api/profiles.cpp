// SPDX-License-Identifier: Apache-2.0
// Profiles (client-server API, "Profiles"; other fields than name and avatar since v1.16). A new name or avatar is told to every room that
// the user is in.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/append.hpp"
#include "store/accounts.hpp"
#include "store/profiles.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t most_bytes = 255;
constexpr std::size_t most_profile_bytes = 65536;

std::optional<profile_field> known_field(std::string_view name) {
    if (name == "displayname") return profile_field::displayname;
    if (name == "avatar_url") return profile_field::avatar_url;
    return std::nullopt;
}

// Appendices, "Common Namespaced Identifier Grammar".
result<void> check_name(std::string_view name) {
    if (name.size() > most_bytes) return bad_request("M_KEY_TOO_LARGE", "the name of the field is longer than 255 bytes");
    auto const allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
    bool const named = !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::ranges::all_of(name, allowed);
    if (!named) return invalid_param("this is no name for a profile field");
    return {};
}

result<json::object> find(step& s, call const& c) {
    auto found = find_profile(s.db, c.parameter("user"));
    if (!found) return not_found("there is no such user");
    return std::move(*found);
}

result<answer> get_profile(step& s, call& c) {
    auto found = find(s, c);
    if (!found) return found.error();
    return answer(std::move(found.value()));
}

result<answer> get_field(step& s, call& c) {
    auto found = find(s, c);
    if (!found) return found.error();
    auto const& name = c.parameter("field");
    auto* value = found.value().if_contains(name);
    if (value == nullptr) return not_found("this user has none");
    json::object one;
    one[name] = std::move(*value);
    return answer(std::move(one));
}

// A room where the user's event is refused keeps the old profile: that is no reason to refuse the new one.
void tell_rooms(step& s, call const& c, std::string const& name, std::optional<std::string> const& value) {
    for (auto const& member : memberships_of(s.db, c.user.str())) {
        if (member.membership != "join") continue;
        draft d;
        d.room = member.room;
        d.sender = c.user;
        d.type = protocol::event_types::member;
        d.state_key = c.user.str();
        auto const old = load(s, member.event_id).content();
        d.content = old;
        d.content.erase(name);
        // Says who allowed the first join; does not belong into later events.
        d.content.erase("join_authorised_via_users_server");
        if (value) d.content[name] = *value;
        if (d.content != old) static_cast<void>(append(s, std::move(d)));
    }
}

void set_known(step& s, call const& c, profile_field field, std::optional<std::string> const& value) {
    set_profile(s.db, c.user.str(), field, value);
    tell_rooms(s, c, c.parameter("field"), value);
}

result<answer> put_known(step& s, call& c, profile_field field, json::value const& given) {
    std::optional<std::string> value;
    if (!given.is_string() && !given.is_null()) return bad_json("the value is no string");
    if (given.is_string() && !given.get_string().empty()) value = std::string(given.get_string());
    if (value && value->size() > most_bytes) return bad_request("M_TOO_LARGE", "that is too long");
    if (value && field == profile_field::avatar_url && !value->starts_with("mxc://")) return invalid_param("an avatar is an mxc:// URI");
    set_known(s, c, field, value);
    return answer();
}

result<void> check_own(call const& c) {
    if (c.parameter("user") != c.user.str()) return forbidden("this is somebody else's profile");
    return check_name(c.parameter("field"));
}

result<answer> put_field(step& s, call& c) {
    if (auto own = check_own(c); !own) return own.error();
    auto const& name = c.parameter("field");
    auto const* given = c.body.if_contains(name);
    if (given == nullptr) return missing_param(name + " is missing");
    if (auto const field = known_field(name)) return put_known(s, c, *field, *given);
    put_profile_field(s.db, c.user.str(), name, *given);
    auto const whole = find_profile(s.db, c.user.str()).value_or(json::object());
    if (json::serialize(whole).size() >= most_profile_bytes) return bad_request("M_PROFILE_TOO_LARGE", "a profile is smaller than 64 KiB");
    return answer();
}

result<answer> delete_field(step& s, call& c) {
    if (auto own = check_own(c); !own) return own.error();
    auto const& name = c.parameter("field");
    if (auto const field = known_field(name)) {
        set_known(s, c, *field, std::nullopt);
    } else {
        delete_profile_field(s.db, c.user.str(), name);
    }
    return answer();
}

}  // namespace

void add_profiles(service& to) {
    to.add(method::get, "/profile/{user}", access::anybody, body_rule::none, get_profile);
    to.add(method::get, "/profile/{user}/{field}", access::anybody, body_rule::none, get_field);
    to.add(method::put, "/profile/{user}/{field}", access::user, body_rule::required, put_field);
    to.add(method::delete_, "/profile/{user}/{field}", access::user, body_rule::optional, delete_field);
}

}  // namespace chatrixcd::homeserver
