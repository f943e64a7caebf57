// SPDX-License-Identifier: Apache-2.0
#include "push/push_rules.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/refusal.hpp"
#include "store/small_streams.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

using place = json::array::iterator;

place find_rule(json::array& rules, std::string_view id) {
    return std::ranges::find_if(rules, [id](json::value const& entry) {
        auto const* rule = entry.if_object();
        return rule != nullptr && base::find_string(*rule, "rule_id") == id;
    });
}

// The first place for rules of a user: behind the one rule that stands above them.
place first_place(json::array& rules) {
    auto const master = find_rule(rules, ".m.rule.master");
    return master == rules.end() ? rules.begin() : std::next(master);
}

result<void> check_id(std::string const& id) {
    if (id.starts_with('.')) return invalid_param("rules that begin with a dot are the server's");
    if (id.find_first_of("/\\") != std::string::npos) return invalid_param("a rule's id has no slash");
    return {};
}

// What a rule of that kind may say.
result<json::object> read_rule(std::string const& kind, std::string const& id, json::object const& given) {
    json::object rule;
    rule["rule_id"] = id;
    rule["default"] = false;
    rule["enabled"] = true;
    if (auto good = check_actions(given.if_contains("actions")); !good) return good.error();
    rule["actions"] = given.at("actions");
    if (kind == "content") {
        auto pattern = base::find_string(given, "pattern");
        if (!pattern) return missing_param("pattern is missing");
        rule["pattern"] = std::move(*pattern);
    }
    if (kind != "override" && kind != "underride") return rule;
    auto const* conditions = given.if_contains("conditions");
    if (conditions != nullptr && !conditions->is_array()) return bad_json("conditions is no array");
    rule["conditions"] = conditions == nullptr ? json::value(json::array()) : *conditions;
    for (auto const& one : rule["conditions"].as_array()) {
        if (!one.is_object() || !base::find_string(one.get_object(), "kind")) return bad_json("a condition has a kind");
    }
    return rule;
}

}  // namespace

result<void> check_actions(json::value const* actions) {
    if (actions == nullptr) return missing_param("actions is missing");
    if (!actions->is_array()) return bad_json("actions is no array");
    for (auto const& one : actions->get_array()) {
        // The last two mean nothing any longer, and are accepted from older clients.
        bool const known = one == "notify" || one == "dont_notify" || one == "coalesce";
        bool const tweak = one.is_object() && base::find_string(one.get_object(), "set_tweak");
        if (!known && !tweak) return invalid_param("there is no such action");
    }
    return {};
}

json::object find_push_rules(step& s, std::string const& user) {
    auto kept = find_account_data(s.db, user, "", std::string(push_rules_type));
    return kept ? std::move(*kept) : default_push_rules(user);
}

push_rules::push_rules(step& s, std::string user) : step_(s), user_(std::move(user)), content_(find_push_rules(s, user_)) {}

json::array* push_rules::rules_of(std::string_view kind) {
    auto* rules = content_["global"].as_object().if_contains(kind);
    return rules == nullptr ? nullptr : rules->if_array();
}

json::object* push_rules::find(std::string_view kind, std::string_view id) {
    auto* rules = rules_of(kind);
    if (rules == nullptr) return nullptr;
    auto const found = find_rule(*rules, id);
    return found == rules->end() ? nullptr : found->if_object();
}

result<void> push_rules::put(std::string const& kind, std::string const& id, json::object const& given, placing const& where) {
    auto* rules = rules_of(kind);
    if (rules == nullptr) return invalid_param("there is no such kind of rules");
    if (auto good = check_id(id); !good) return good;
    auto rule = read_rule(kind, id, given);
    if (!rule) return rule.error();
    auto const old = find_rule(*rules, id);
    if (old == rules->end() && rules->size() >= most_rules) return bad_request("M_TOO_LARGE", "that are too many rules");
    auto const& neighbour = where.before ? where.before : where.after;
    if (!neighbour && old != rules->end()) {
        rule.value()["enabled"] = old->as_object()["enabled"];
        *old = std::move(rule.value());
        return {};
    }
    if (neighbour && (neighbour->starts_with('.') || *neighbour == id || find_rule(*rules, *neighbour) == rules->end())) {
        return bad_request("M_UNKNOWN", "the rule to go before or after is no other rule of yours");
    }
    if (old != rules->end()) rules->erase(old);
    auto at = neighbour ? find_rule(*rules, *neighbour) : first_place(*rules);
    if (neighbour && !where.before) ++at;
    rules->insert(at, std::move(rule.value()));
    return {};
}

result<void> push_rules::erase(std::string const& kind, std::string const& id) {
    auto* rules = rules_of(kind);
    auto const found = rules == nullptr ? place() : find_rule(*rules, id);
    if (rules == nullptr || found == rules->end()) return not_found("there is no such rule");
    if (id.starts_with('.')) return invalid_param("rules that begin with a dot are the server's");
    rules->erase(found);
    return {};
}

void push_rules::save() {
    put_account_data(step_.db, user_, {"", std::string(push_rules_type), content_});
    step_.wake(user_);
}

}  // namespace chatrixcd::homeserver
