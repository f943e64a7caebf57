// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <chatrixcd/executor/definition.hpp>
#include "definition/names.hpp"
#include "definition/template.hpp"

namespace chatrixcd::executor {

namespace {

using base::error;
using base::error_kind;
using base::result;

class expansion {
public:
    expansion(job const& what, parameter_values const& values, std::string_view run_key) : job_(what), values_(values), run_key_(run_key) {}

    // The text with its values; nothing if one has none.
    std::optional<std::string> text(std::string_view pattern) const {
        std::string out;
        for (auto const& piece : parse_template(pattern)) {
            if (!piece.is_placeholder) {
                out += piece.text;
            } else if (auto const* const value = value_of(piece.text)) {
                out += *value;
            } else {
                return std::nullopt;
            }
        }
        return out;
    }

    // The parameter whose value would make an option of an argument that its definition did not make one: a value that begins with
    // '-' and before which stands nothing but dashes.
    std::optional<std::string> smuggles_option(std::string_view pattern) const {
        for (auto const& piece : parse_template(pattern)) {
            std::string_view const put = piece.is_placeholder ? std::string_view(*value_of(piece.text)) : std::string_view(piece.text);
            if (piece.is_placeholder && put.starts_with('-')) {
                if (may_begin_with_dash(piece.text)) return std::nullopt;
                return piece.text;
            }
            if (put.find_first_not_of('-') != std::string_view::npos) return std::nullopt;
        }
        return std::nullopt;
    }

private:
    std::string const* value_of(std::string_view name) const {
        if (name == run_key_name) return &run_key_;
        auto const found = std::find_if(values_.begin(), values_.end(), [&](auto const& value) { return value.first == name; });
        return found == values_.end() ? nullptr : &found->second;
    }
    bool may_begin_with_dash(std::string_view name) const {
        return std::any_of(job_.parameters.begin(), job_.parameters.end(),
                           [&](parameter const& each) { return each.name == name && each.allow_leading_dash; });
    }

    job const& job_;
    parameter_values const& values_;
    std::string run_key_;
};

}  // namespace

result<base::process_spec> expand(job const& what, parameter_values const& values, std::string_view run_key) {
    expansion const with(what, values, run_key);
    base::process_spec spec;
    for (auto const& entry : what.argv) {
        auto text = with.text(entry);
        if (!text) continue;
        if (auto const culprit = with.smuggles_option(entry)) {
            return error(error_kind::invalid, "parameter " + quoted(*culprit) + ": a value that begins with '-' would be an option")
                .with_hint("give a value without a leading '-', or allow it in the job's definition (allow_leading_dash)");
        }
        spec.argv.push_back(std::move(*text));
    }
    for (auto const& [name, pattern] : what.environment) {
        if (auto text = with.text(pattern)) spec.environment.emplace_back(name, std::move(*text));
    }
    spec.folder = what.folder;
    return spec;
}

}  // namespace chatrixcd::executor
