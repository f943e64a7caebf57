// SPDX-License-Identifier: Apache-2.0
// What a user keeps here for their clients: account data (client-server API, "Client Config"), filters.
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/event_filter.hpp"
#include "push/push_rules.hpp"
#include "store/filters.hpp"
#include "store/rooms.hpp"
#include "store/small_streams.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

result<void> check_owner(call const& c) {
    if (c.parameter("user") != c.user.str()) return forbidden("this is somebody else's");
    return {};
}

// Account data of a room, or global where `room` is empty.
result<answer> get_data(step& s, call& c, std::string const& room) {
    if (auto own = check_owner(c); !own) return own.error();
    if (room.empty() && c.parameter("type") == push_rules_type) return answer(find_push_rules(s, c.user.str()));
    auto data = find_account_data(s.db, c.user.str(), room, c.parameter("type"));
    if (!data) return not_found("there is none of this type");
    return answer(std::move(*data));
}

result<answer> put_data(step& s, call& c, std::string const& room) {
    if (auto own = check_owner(c); !own) return own.error();
    auto const& type = c.parameter("type");
    if (type == "m.fully_read" || type == "m.push_rules") {
        return bad_json("this type has an endpoint of its own").with_status(405);
    }
    put_account_data(s.db, c.user.str(), {room, type, std::move(c.body)});
    s.wake(c.user.str());
    return answer();
}

result<answer> get_room_data(step& s, call& c) { return get_data(s, c, c.parameter("room")); }

result<answer> put_room_data(step& s, call& c) {
    if (find_version(s.db, c.parameter("room")) == nullptr) return not_found("there is no such room");
    return put_data(s, c, c.parameter("room"));
}

result<answer> make_filter(step& s, call& c) {
    if (auto own = check_owner(c); !own) return own.error();
    if (auto filter = sync_filter::parse(c.body); !filter) return filter.error();
    json::object body;
    body["filter_id"] = put_filter(s.db, c.user.str(), c.body);
    return answer(std::move(body));
}

result<answer> get_filter(step& s, call& c) {
    if (auto own = check_owner(c); !own) return own.error();
    auto filter = find_filter(s.db, c.user.str(), c.parameter("filter"));
    if (!filter) return not_found("there is no such filter");
    return answer(std::move(*filter));
}

}  // namespace

void add_account_data(service& to) {
    auto const global_get = [](step& s, call& c) { return get_data(s, c, ""); };
    auto const global_put = [](step& s, call& c) { return put_data(s, c, ""); };
    to.add(method::get, "/user/{user}/account_data/{type}", access::user, body_rule::none, global_get);
    to.add(method::put, "/user/{user}/account_data/{type}", access::user, body_rule::required, global_put);
    to.add(method::get, "/user/{user}/rooms/{room}/account_data/{type}", access::user, body_rule::none, get_room_data);
    to.add(method::put, "/user/{user}/rooms/{room}/account_data/{type}", access::user, body_rule::required, put_room_data);
    to.add(method::post, "/user/{user}/filter", access::user, body_rule::required, make_filter);
    to.add(method::get, "/user/{user}/filter/{filter}", access::user, body_rule::none, get_filter);
}

}  // namespace chatrixcd::homeserver
