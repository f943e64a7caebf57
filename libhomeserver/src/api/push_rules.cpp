// SPDX-License-Identifier: Apache-2.0
// Reading and changing push rules (client-server API, "Push Rules: API").
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "push/push_rules.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

result<answer> get_all(step& s, call& c) { return answer(find_push_rules(s, c.user.str())); }

result<answer> get_global(step& s, call& c) {
    auto content = find_push_rules(s, c.user.str());
    return answer(std::move(content["global"]));
}

// Runs `does` on the rule that the path names; saves if it wants so.
template <class F>
result<answer> with_rule(step& s, call& c, F does) {
    push_rules rules(s, c.user.str());
    auto* rule = rules.find(c.parameter("kind"), c.parameter("rule"));
    if (rule == nullptr) return not_found("there is no such rule");
    return does(rules, *rule);
}

result<answer> get_rule(step& s, call& c) {
    return with_rule(s, c, [](push_rules&, json::object& rule) { return result<answer>(answer(rule)); });
}

result<answer> put_rule(step& s, call& c) {
    push_rules rules(s, c.user.str());
    push_rules::placing where{c.query("before"), c.query("after")};
    if (auto put = rules.put(c.parameter("kind"), c.parameter("rule"), c.body, where); !put) return put.error();
    rules.save();
    return answer();
}

result<answer> delete_rule(step& s, call& c) {
    push_rules rules(s, c.user.str());
    if (auto gone = rules.erase(c.parameter("kind"), c.parameter("rule")); !gone) return gone.error();
    rules.save();
    return answer();
}

result<answer> get_part(step& s, call& c, std::string_view part) {
    return with_rule(s, c, [part](push_rules&, json::object& rule) {
        json::object body;
        body[part] = rule[part];
        return result<answer>(answer(std::move(body)));
    });
}

result<answer> put_enabled(step& s, call& c) {
    return with_rule(s, c, [&c](push_rules& rules, json::object& rule) -> result<answer> {
        auto const* enabled = c.body.if_contains("enabled");
        if (enabled == nullptr) return missing_param("enabled is missing");
        if (!enabled->is_bool()) return bad_json("enabled is no boolean");
        rule["enabled"] = *enabled;
        rules.save();
        return answer();
    });
}

result<answer> put_actions(step& s, call& c) {
    return with_rule(s, c, [&c](push_rules& rules, json::object& rule) -> result<answer> {
        auto const* actions = c.body.if_contains("actions");
        if (auto good = check_actions(actions); !good) return good.error();
        rule["actions"] = *actions;
        rules.save();
        return answer();
    });
}

}  // namespace

void add_push_rules(service& to) {
    std::string const one = "/pushrules/global/{kind}/{rule}";
    to.add(method::get, "/pushrules", access::user, body_rule::none, get_all);
    to.add(method::get, "/pushrules/global", access::user, body_rule::none, get_global);
    to.add(method::get, one, access::user, body_rule::none, get_rule);
    to.add(method::put, one, access::user, body_rule::required, put_rule);
    to.add(method::delete_, one, access::user, body_rule::none, delete_rule);
    to.add(method::get, one + "/enabled", access::user, body_rule::none, [](step& s, call& c) { return get_part(s, c, "enabled"); });
    to.add(method::put, one + "/enabled", access::user, body_rule::required, put_enabled);
    to.add(method::get, one + "/actions", access::user, body_rule::none, [](step& s, call& c) { return get_part(s, c, "actions"); });
    to.add(method::put, one + "/actions", access::user, body_rule::required, put_actions);
}

}  // namespace chatrixcd::homeserver
