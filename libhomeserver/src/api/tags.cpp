// SPDX-License-Identifier: Apache-2.0
// Room tags (client-server API, "Room Tagging"): the account datum m.tag of a room, one tag at a time.
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/rooms.hpp"
#include "store/small_streams.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t most_bytes = 255;

// The tags that the caller may touch.
result<json::object> find_tags(step& s, call const& c) {
    if (c.parameter("user") != c.user.str()) return forbidden("this is somebody else's");
    if (find_version(s.db, c.parameter("room")) == nullptr) return not_found("there is no such room");
    auto content = find_account_data(s.db, c.user.str(), c.parameter("room"), "m.tag").value_or(json::object());
    auto* tags = content.if_contains("tags");
    if (tags == nullptr || !tags->is_object()) return json::object();
    return std::move(tags->get_object());
}

void put_tags(step& s, call const& c, json::object tags) {
    json::object content;
    content["tags"] = std::move(tags);
    put_account_data(s.db, c.user.str(), {c.parameter("room"), "m.tag", std::move(content)});
    s.wake(c.user.str());
}

result<answer> get_tags(step& s, call& c) {
    auto tags = find_tags(s, c);
    if (!tags) return tags.error();
    json::object body;
    body["tags"] = std::move(tags.value());
    return answer(std::move(body));
}

result<answer> put_tag(step& s, call& c) {
    auto tags = find_tags(s, c);
    if (!tags) return tags.error();
    if (c.parameter("tag").size() > most_bytes) return invalid_param("a tag is at most 255 bytes long");
    tags.value()[c.parameter("tag")] = std::move(c.body);
    put_tags(s, c, std::move(tags.value()));
    return answer();
}

result<answer> delete_tag(step& s, call& c) {
    auto tags = find_tags(s, c);
    if (!tags) return tags.error();
    if (tags.value().erase(c.parameter("tag")) > 0) put_tags(s, c, std::move(tags.value()));
    return answer();
}

}  // namespace

void add_tags(service& to) {
    std::string const tags = "/user/{user}/rooms/{room}/tags";
    to.add(method::get, tags, access::user, body_rule::none, get_tags);
    to.add(method::put, tags + "/{tag}", access::user, body_rule::optional, put_tag);
    to.add(method::delete_, tags + "/{tag}", access::user, body_rule::none, delete_tag);
}

}  // namespace chatrixcd::homeserver
