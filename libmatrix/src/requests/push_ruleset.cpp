// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/push_rules.hpp>

#include "requests/push_conditions.hpp"

namespace chatrixcd::matrix {

namespace json = boost::json;
using detail::condition;
using detail::judged;

namespace {

constexpr std::size_t most_rules = 10000;
constexpr std::size_t most_conditions = 50;
constexpr std::array kinds{push_kind::override_rule, push_kind::content, push_kind::room, push_kind::sender, push_kind::underride};
constexpr char const* master = ".m.rule.master";

struct rule {
    push_verdict verdict;
    std::vector<condition> conditions;
    bool legacy_mention = false;
};

// Rules that look for mentions in the text; an event that names whom it mentions is not theirs (client-server API, "User and room
// mentions", before v1.17).
bool is_legacy_mention(std::string_view id) {
    return id == ".m.rule.contains_display_name" || id == ".m.rule.contains_user_name" || id == ".m.rule.roomnotif";
}

void read_tweak(json::object const& action, push_verdict& into) {
    auto const name = base::find_string(action, "set_tweak");
    auto const* value = action.if_contains("value");
    if (name == "sound") into.sound = base::find_string(action, "value").value_or(std::string());
    if (name == "highlight") into.highlight = value == nullptr || !value->is_bool() || value->get_bool();
}

// "dont_notify" and "coalesce" are of the past and mean nothing.
void read_actions(json::object const& said, push_verdict& into) {
    auto const* actions = base::find_array(said, "actions");
    if (actions == nullptr) return;
    for (auto const& action : *actions) {
        if (action.is_string() && action.get_string() == "notify") into.notify = true;
        if (action.is_object()) read_tweak(action.get_object(), into);
    }
}

std::vector<condition> conditions_of(json::object const& said) {
    std::vector<condition> found;
    auto const* member = said.if_contains("conditions");
    if (member == nullptr || member->is_null()) return found;
    auto const* list = member->if_array();
    if (list == nullptr || list->size() > most_conditions) {
        found.push_back(detail::make_condition(nullptr));
        return found;
    }
    for (auto const& item : *list) found.push_back(detail::make_condition(item));
    return found;
}

condition condition_of(push_kind kind, json::object const& said, std::string const& id) {
    if (kind == push_kind::room) return [id](judged const& j) { return j.about().room().str() == id; };
    if (kind == push_kind::sender) return [id](judged const& j) { return j.source().sender().str() == id; };
    auto const pattern = base::find_string(said, "pattern");
    return pattern ? detail::body_matches(*pattern) : detail::make_condition(nullptr);
}

// Nothing if the rule is switched off.
std::optional<rule> read_rule(push_kind kind, json::value const& item) {
    auto const* said = item.if_object();
    if (said == nullptr) return std::nullopt;
    auto const id = base::find_string(*said, "rule_id");
    auto const* enabled = said->if_contains("enabled");
    bool const on = enabled == nullptr || !enabled->is_bool() || enabled->get_bool();
    if (!id || id->empty() || !on) return std::nullopt;
    rule made;
    made.verdict.rule_id = *id;
    made.verdict.kind = kind;
    made.legacy_mention = is_legacy_mention(*id);
    read_actions(*said, made.verdict);
    if (kind == push_kind::override_rule || kind == push_kind::underride) {
        made.conditions = conditions_of(*said);
    } else {
        made.conditions.push_back(condition_of(kind, *said, *id));
    }
    return made;
}

bool has_mentions(event const& e) { return e.content().contains("m.mentions"); }

}  // namespace

std::string_view to_string(push_kind k) noexcept {
    switch (k) {
        case push_kind::override_rule:
            return "override";
        case push_kind::content:
            return "content";
        case push_kind::room:
            return "room";
        case push_kind::sender:
            return "sender";
        case push_kind::underride:
            return "underride";
    }
    return "underride";
}

push_context push_context::members(std::size_t joined) && {
    members_ = joined;
    return std::move(*this);
}

push_context push_context::display_name(std::string name) && {
    display_name_ = std::move(name);
    return std::move(*this);
}

push_context push_context::may_notify(std::function<bool(user_id const&, std::string const&)> allowed) && {
    allowed_ = std::move(allowed);
    return std::move(*this);
}

// In the order in which they are asked.
struct push_ruleset::rules {
    std::vector<rule> all;
};

push_ruleset::push_ruleset() : rules_(std::make_shared<rules const>()) {}

push_ruleset push_ruleset::parse(json::object const& said) {
    auto made = std::make_shared<rules>();
    auto const* global = base::find_object(said, "global");
    for (auto const kind : kinds) {
        auto const* list = global != nullptr ? base::find_array(*global, to_string(kind)) : nullptr;
        if (list == nullptr) continue;
        for (auto const& item : *list) {
            if (made->all.size() == most_rules) break;
            if (auto one = read_rule(kind, item)) made->all.push_back(std::move(*one));
        }
    }
    // The one predefined rule that is above everything of our own.
    std::stable_partition(made->all.begin(), made->all.end(), [](rule const& r) { return r.verdict.rule_id == master; });
    push_ruleset ready;
    ready.rules_ = std::move(made);
    return ready;
}

push_verdict push_ruleset::evaluate(event const& e, push_context const& about) const {
    if (e.sender() == about.user()) return {};
    judged const now(e, about);
    bool const names_mentions = has_mentions(e);
    for (auto const& rule : rules_->all) {
        if (names_mentions && rule.legacy_mention) continue;
        bool const holds = std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](condition const& c) { return c(now); });
        if (holds) return rule.verdict;
    }
    return {};
}

std::size_t push_ruleset::size() const noexcept { return rules_->all.size(); }

}  // namespace chatrixcd::matrix
