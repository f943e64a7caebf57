// SPDX-License-Identifier: Apache-2.0
// What a user keeps here for their clients: account data (client-server API, "Client Config"), filters, push rules.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/event_filter.hpp"
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

json::object notify_rule(std::string_view id) {
    json::object rule;
    rule["rule_id"] = id;
    rule["default"] = true;
    rule["enabled"] = true;
    rule["conditions"].emplace_array();
    rule["actions"] = json::array({"notify"});
    return rule;
}

// This server pushes nothing and counts nothing; the rules say to clients what to tell their users about: every message.
json::object push_rules() {
    json::object rules;
    for (std::string_view const kind : {"override", "content", "room", "sender"}) rules[kind].emplace_array();
    json::array last;
    for (std::string_view const type : {"m.room.message", "m.room.encrypted"}) {
        auto rule = notify_rule(type == "m.room.message" ? ".m.rule.message" : ".m.rule.encrypted");
        json::object condition;
        condition["kind"] = "event_match";
        condition["key"] = "type";
        condition["pattern"] = type;
        rule["conditions"].as_array().push_back(std::move(condition));
        last.push_back(std::move(rule));
    }
    rules["underride"] = std::move(last);
    return rules;
}

result<answer> get_push_rules(step&, call&) {
    json::object body;
    body["global"] = push_rules();
    return answer(std::move(body));
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
    to.add(method::get, "/pushrules", access::user, body_rule::none, get_push_rules);
    auto const global_rules = [](step&, call&) { return result<answer>(answer(push_rules())); };
    to.add(method::get, "/pushrules/global", access::user, body_rule::none, global_rules);
}

}  // namespace chatrixcd::homeserver
