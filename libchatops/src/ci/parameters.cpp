// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/ci/parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace chatrixcd::chatops::ci {
namespace {

using base::error;
using base::error_kind;

error wrong(std::string message) { return error(error_kind::invalid, std::move(message)); }

bool is_integer(std::string const& text) {
    std::int64_t value = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size();
}

std::optional<error> check_value(parameter_spec const& spec, std::string const& value) {
    auto const refuse = [&](std::string_view what) {
        return wrong(fmt::format("{} cannot be {}; write {}.", text::quoted(spec.name), text::quoted(value), what));
    };
    switch (spec.type) {
        case parameter_type::text:
        case parameter_type::secret:
            return std::nullopt;
        case parameter_type::integer:
            if (!is_integer(value)) return refuse("a whole number like `3`");
            return std::nullopt;
        case parameter_type::boolean:
            if (value != "true" && value != "false") return refuse("`true` or `false`");
            return std::nullopt;
        case parameter_type::choice:
            if (std::find(spec.choices.begin(), spec.choices.end(), value) == spec.choices.end()) return refuse(text::either(spec.choices));
            return std::nullopt;
    }
    return std::nullopt;
}

error unknown_parameter(job const& what, std::string const& name) {
    constexpr std::size_t most_suggestions = 3;
    std::vector<std::string> known;
    for (auto const& spec : what.parameters) known.push_back(spec.name);
    if (known.empty())
        return wrong(fmt::format("{} takes no parameters, so {} means nothing to it.", text::quoted(what.name), text::quoted(name)));
    auto const meant = text::similar(name, known, most_suggestions);
    if (!meant.empty()) {
        return wrong(
            fmt::format("{} has no parameter {}; did you mean {}?", text::quoted(what.name), text::quoted(name), text::either(meant)));
    }
    return wrong(fmt::format("{} has no parameter {}; it takes {}.", text::quoted(what.name), text::quoted(name), text::either(known)));
}

std::string example_of(parameter_spec const& spec) {
    switch (spec.type) {
        case parameter_type::integer:
            return "3";
        case parameter_type::boolean:
            return "true";
        case parameter_type::choice:
            return spec.choices.empty() ? "…" : spec.choices.front();
        case parameter_type::text:
        case parameter_type::secret:
            return "…";
    }
    return "…";
}

}  // namespace

result<parameter_values> effective_parameters(job const& what, parameter_values const& given) {
    for (auto it = given.begin(); it != given.end(); ++it) {
        auto const same_name = [&](auto const& other) { return other.first == it->first; };
        auto const known = [&](parameter_spec const& spec) { return spec.name == it->first; };
        if (std::none_of(what.parameters.begin(), what.parameters.end(), known)) return unknown_parameter(what, it->first);
        if (std::any_of(given.begin(), it, same_name))
            return wrong(fmt::format("{} is given twice; give it one value.", text::quoted(it->first)));
    }
    parameter_values out;
    for (auto const& spec : what.parameters) {
        auto const value = std::find_if(given.begin(), given.end(), [&](auto const& pair) { return pair.first == spec.name; });
        if (value != given.end()) {
            if (auto problem = check_value(spec, value->second)) return std::move(*problem);
            out.push_back(*value);
        } else if (spec.default_value) {
            out.emplace_back(spec.name, *spec.default_value);
        } else if (spec.required) {
            auto const help = spec.help.empty() ? "" : " (" + spec.help + ")";
            return wrong(fmt::format("{} needs the parameter {}{}; add `{}={}`.", text::quoted(what.name), text::quoted(spec.name), help,
                                     spec.name, example_of(spec)));
        }
    }
    return out;
}

}  // namespace chatrixcd::chatops::ci
