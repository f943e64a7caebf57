// SPDX-License-Identifier: Apache-2.0
// Presence (client-server API, "Presence"). It changes when somebody says so, here or by `set_presence` of /sync; nobody becomes idle by
// themselves.
#include "api/presence.hpp"

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

result<answer> put_status(step& s, call& c) {
    if (c.parameter("user") != c.user.str()) return forbidden("only they can say so");
    presence now;
    base::json_reader reader(c.body, "request");
    reader.required("presence", now.state).optional("status_msg", now.status);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (!is_presence(now.state)) return invalid_param("presence is online, unavailable or offline");
    constexpr std::size_t most_bytes = 2048;
    if (now.status && now.status->size() > most_bytes) return bad_request("M_TOO_LARGE", "status_msg is longer than 2 KiB");
    now.user = c.user.str();
    now.last_active = s.now;
    set_presence(s, now);
    return answer();
}

result<answer> get_status(step& s, call& c) {
    auto const& user = c.parameter("user");
    if (user != c.user.str() && !share_a_room(s.db, user, c.user.str())) return forbidden("you share no room with them");
    auto const known = find_presence(s.db, user);
    if (!known) return not_found("nothing is known of them");
    return answer(describe(s, *known));
}

}  // namespace

bool is_presence(std::string_view state) { return state == "online" || state == "unavailable" || state == "offline"; }

void set_presence(step& s, presence const& now) {
    put_presence(s.db, now);
    s.wake(now.user);
    for (auto const& member : memberships_of(s.db, now.user)) {
        if (member.membership == "join") s.wake(member.room);
    }
}

json::object describe(step const& s, presence const& one) {
    json::object body;
    body["presence"] = one.state;
    body["last_active_ago"] = s.now - one.last_active;
    if (one.status) body["status_msg"] = *one.status;
    if (one.state == "online") body["currently_active"] = true;
    return body;
}

void add_presence(service& to) {
    to.add(method::put, "/presence/{user}/status", access::user, body_rule::required, put_status);
    to.add(method::get, "/presence/{user}/status", access::user, body_rule::none, get_status);
}

}  // namespace chatrixcd::homeserver
