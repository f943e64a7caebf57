// SPDX-License-Identifier: Apache-2.0
// What a client asks before and beside everything else: versions, well-known, capabilities; and the small answers that keep clients
// working which ask about things that this server does not do (calls, bridges).
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>
#include <utility>

#include <chatrixcd/protocol/room_version.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/room_maker.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

result<answer> versions(step&, call&) {
    json::object body;
    body["versions"] = {"r0.6.1", "v1.1",  "v1.2",  "v1.3",  "v1.4",  "v1.5",  "v1.6",  "v1.7", "v1.8",
                        "v1.9",   "v1.10", "v1.11", "v1.12", "v1.13", "v1.14", "v1.15", "v1.16"};
    body["unstable_features"].emplace_object();
    return answer(std::move(body));
}

result<answer> capabilities(step&, call&) {
    json::object rooms;
    rooms["default"] = default_room_version.id;
    auto& available = rooms["available"].emplace_object();
    for (auto const id : {"10", "11", "12"}) available[id] = "stable";
    json::object body;
    auto& all = body["capabilities"].emplace_object();
    all["m.room_versions"] = std::move(rooms);
    for (std::string_view const refused : {"m.3pid_changes", "m.get_login_token"}) all[refused].emplace_object()["enabled"] = false;
    for (std::string_view const allowed : {"m.change_password", "m.profile_fields", "m.set_displayname", "m.set_avatar_url"}) {
        all[allowed].emplace_object()["enabled"] = true;
    }
    return answer(std::move(body));
}

result<answer> nothing(step&, call&) { return answer(); }

}  // namespace

void add_discovery(service& to) {
    to.add(method::get, "/_matrix/client/versions", access::anybody, body_rule::none, versions);
    auto const where = [url = to.options.public_base_url](step&, call&) -> result<answer> {
        if (url.empty()) return not_found("this server does not say where it is");
        json::object body;
        body["m.homeserver"].emplace_object()["base_url"] = url;
        return answer(std::move(body));
    };
    to.add(method::get, "/.well-known/matrix/client", access::anybody, body_rule::none, where);
    to.add(method::get, "/capabilities", access::user, body_rule::none, capabilities);
    to.add(method::get, "/voip/turnServer", access::user, body_rule::none, nothing);
    to.add(method::get, "/thirdparty/protocols", access::user, body_rule::none, nothing);
}

}  // namespace chatrixcd::homeserver
