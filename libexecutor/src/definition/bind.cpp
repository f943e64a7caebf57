// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "definition/names.hpp"
#include "definition/value.hpp"

namespace chatrixcd::executor {

namespace {

using base::error;
using base::error_kind;
using base::result;

std::string const* value_of(parameter_values const& values, std::string_view name) {
    auto const found = std::find_if(values.begin(), values.end(), [&](auto const& value) { return value.first == name; });
    return found == values.end() ? nullptr : &found->second;
}

result<void> check_names(job const& what, parameter_values const& given) {
    std::vector<std::string_view> known;
    for (auto const& each : what.parameters) known.push_back(each.name);
    for (auto value = given.begin(); value != given.end(); ++value) {
        auto const& name = value->first;
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            auto hint = known.empty() ? "it takes none" : suggestion(name, known);
            return error(error_kind::invalid, quoted(what.name) + " has no parameter " + quoted(name)).with_hint(std::move(hint));
        }
        if (std::any_of(given.begin(), value, [&](auto const& earlier) { return earlier.first == name; })) {
            return error(error_kind::invalid, "parameter " + quoted(name) + " is given twice").with_hint("give it once");
        }
    }
    return {};
}

}  // namespace

result<parameter_values> bind(job const& what, parameter_values const& given) {
    if (auto named = check_names(what, given); !named) return named.error();
    parameter_values bound;
    for (auto const& each : what.parameters) {
        auto const* const value = value_of(given, each.name);
        if (each.required && (!value || value->empty())) {
            auto hint = each.help.empty() ? "add " + each.name + "=…" : "add " + each.name + "=…: " + each.help;
            return error(error_kind::invalid, "parameter " + quoted(each.name) + " is missing").with_hint(std::move(hint));
        }
        if (!value && !each.default_value) continue;
        auto checked = check_value(each, value ? *value : *each.default_value);
        if (!checked) return checked.error();
        bound.emplace_back(each.name, std::move(*checked));
    }
    return bound;
}

parameter_values without_secrets(job const& what, parameter_values const& values) {
    parameter_values shown;
    for (auto const& value : values) {
        bool const is_secret = std::any_of(what.parameters.begin(), what.parameters.end(), [&](parameter const& each) {
            return each.name == value.first && each.type == parameter_type::secret;
        });
        if (!is_secret) shown.push_back(value);
    }
    return shown;
}

}  // namespace chatrixcd::executor
