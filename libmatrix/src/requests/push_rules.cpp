// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/push_rules.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;

namespace {

std::string path_of(push_kind kind, std::string_view rule_id) { return client_path({"pushrules", "global", to_string(kind), rule_id}); }

result<push_ruleset> rules_from(json::object const& answer) {
    if (base::find_object(answer, "global") == nullptr) return detail::incomplete("the push rules have no rules");
    return push_ruleset::parse(answer);
}

}  // namespace

asio::awaitable<result<push_ruleset>> push_rules::get() const {
    // The slash at the end is the specification's.
    auto request = call::get(client_path({"pushrules"}) + "/").named("reading the push rules");
    return detail::ask_for<push_ruleset>(*runtime_, feature::push_rules, std::move(request), rules_from);
}

asio::awaitable<result<void>> push_rules::enable(push_kind kind, std::string rule_id, bool on) const {
    json::object body;
    body["enabled"] = on;
    auto request = call::put(path_of(kind, rule_id) + "/enabled").body(body).named("switching the push rule " + rule_id);
    return tell(*runtime_, feature::push_rules, std::move(request));
}

asio::awaitable<result<void>> push_rules::put(push_kind kind, std::string rule_id, json::object rule) const {
    auto request = call::put(path_of(kind, rule_id)).body(rule).named("writing the push rule " + rule_id);
    return tell(*runtime_, feature::push_rules, std::move(request));
}

asio::awaitable<result<void>> push_rules::set_actions(push_kind kind, std::string rule_id, json::array actions) const {
    json::object body;
    body["actions"] = std::move(actions);
    auto request = call::put(path_of(kind, rule_id) + "/actions").body(body).named("changing the push rule " + rule_id);
    return tell(*runtime_, feature::push_rules, std::move(request));
}

asio::awaitable<result<void>> push_rules::remove(push_kind kind, std::string rule_id) const {
    return tell(*runtime_, feature::push_rules, call::remove(path_of(kind, rule_id)).named("removing the push rule " + rule_id));
}

push_rules client::push_rules() const { return matrix::push_rules(*runtime_); }

}  // namespace chatrixcd::matrix
