// SPDX-License-Identifier: Apache-2.0
#include "command/argument_parser.hpp"

#include <fmt/format.h>

#include <chatrixcd/chatops/command/presentation.hpp>

#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace chatrixcd::chatops::detail {
namespace {

using base::error;
using base::error_kind;

constexpr std::string_view option_mark = "--";

error wrong(std::string message) { return error(error_kind::invalid, std::move(message)); }

bool is_option(parameter_doc const& p) { return p.kind == parameter_kind::option || p.kind == parameter_kind::flag; }
bool is_positional(parameter_doc const& p) { return p.kind <= parameter_kind::rest; }

}  // namespace

std::optional<error> argument_parser::take_all(std::vector<token> const& words) {
    bool options_ended = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
        auto const& word = words[at];
        std::optional<error> problem;
        if (word.dashed && !options_ended) {
            if (word.text == option_mark) {
                options_ended = true;
            } else {
                problem = take_option(words, at);
            }
        } else if (word.equals && find(parameter_kind::assignments)) {
            problem = take_assignment(word);
        } else {
            problem = take_positional(word);
        }
        if (problem) return problem;
    }
    return missing();
}

std::optional<error> argument_parser::take_option(std::vector<token> const& words, std::size_t& at) {
    auto const& word = words[at];
    if (!word.text.starts_with(option_mark)) {
        return wrong(
            fmt::format("{} begins with one dash; options begin with two, and a value that begins with a dash is written in quotes.",
                        text::quoted(word.text)));
    }
    auto const name = std::string_view(word.text).substr(0, word.equals.value_or(word.text.size())).substr(option_mark.size());
    for (std::size_t i = 0; i < what_.parameters.size(); ++i) {
        auto const& parameter = what_.parameters[i];
        if (!is_option(parameter) || parameter.name != name) continue;
        if (!given_.insert(std::string(option_mark) + parameter.name).second) {
            return wrong(fmt::format("`--{}` is given twice; once is enough.", parameter.name));
        }
        if (parameter.kind == parameter_kind::flag) {
            auto const value = word.equals ? std::string_view(word.text).substr(*word.equals + 1) : std::string_view("true");
            if (value == "false") return std::nullopt;
            if (value != "true") return wrong(fmt::format("`--{0}` takes no value; write `--{0}` alone.", parameter.name));
            return assign(i, {}, {});
        }
        if (word.equals) return assign(i, {}, std::string_view(word.text).substr(*word.equals + 1));
        if (at + 1 == words.size() || words[at + 1].dashed) {
            return wrong(fmt::format("`--{0}` needs a value; write `--{0}=…`, here a {1}.", parameter.name, parameter.type));
        }
        ++at;
        return assign(i, {}, words[at].text);
    }
    return no_such_option(name);
}

std::optional<error> argument_parser::take_assignment(token const& word) {
    auto const name = std::string_view(word.text).substr(0, *word.equals);
    auto const value = std::string_view(word.text).substr(*word.equals + 1);
    if (name.empty())
        return wrong(fmt::format("{} has no name before the `=`; write `name=value` without blanks around it.", text::quoted(word.text)));
    if (!given_.insert(std::string(name)).second) {
        return wrong(fmt::format("The parameter {} is given twice; give it one value.", text::quoted(name)));
    }
    return assign(*find(parameter_kind::assignments), name, value);
}

std::optional<error> argument_parser::take_positional(token const& word) {
    while (positional_ < what_.parameters.size() && !is_positional(what_.parameters[positional_])) ++positional_;
    if (positional_ == what_.parameters.size()) {
        return wrong(fmt::format("{} is one word too many for `{}`; put text with blanks in quotes.", text::quoted(word.text), what_.name));
    }
    auto const parameter = positional_;
    if (what_.parameters[parameter].kind != parameter_kind::rest) ++positional_;
    return assign(parameter, {}, word.text);
}

std::optional<error> argument_parser::missing() const {
    for (std::size_t i = positional_; i < what_.parameters.size(); ++i) {
        auto const& parameter = what_.parameters[i];
        if (parameter.kind != parameter_kind::required) continue;
        return wrong(fmt::format("`{}` needs <{}>: {}.", what_.name, parameter.name, parameter.help));
    }
    return std::nullopt;
}

std::optional<error> argument_parser::assign(std::size_t parameter, std::string_view name, std::string_view text) {
    auto const assigned = into_.assign(parameter, name, text);
    if (assigned) return std::nullopt;
    auto const& doc = what_.parameters[parameter];
    auto const where = is_option(doc) ? "`--" + doc.name + "`" : "<" + doc.name + ">";
    return wrong(where + ": " + assigned.error().message());
}

std::optional<std::size_t> argument_parser::find(parameter_kind kind) const {
    for (std::size_t i = 0; i < what_.parameters.size(); ++i) {
        if (what_.parameters[i].kind == kind) return i;
    }
    return std::nullopt;
}

error argument_parser::no_such_option(std::string_view name) const {
    std::vector<std::string> known;
    for (auto const& parameter : what_.parameters) {
        if (is_option(parameter)) known.push_back(parameter.name);
    }
    auto meant = text::similar(name, known, 3);
    for (auto& each : meant) each.insert(0, option_mark);
    std::string message = fmt::format("`{}` has no option {}", what_.name, text::quoted(std::string(option_mark) + std::string(name)));
    if (!meant.empty()) return wrong(message + "; did you mean " + text::either(meant) + "?");
    return wrong(message + (known.empty() ? "; it takes none." : "; see its usage."));
}

std::vector<std::string> complete_argument(command_data const& what, std::vector<std::string> const& words) {
    auto const& begun = words.back();
    auto const option_named = [&](std::string_view word) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < what.parameters.size(); ++i) {
            if (what.parameters[i].kind == parameter_kind::option && word == "--" + what.parameters[i].name) return i;
        }
        return std::nullopt;
    };
    if (words.size() > 1) {
        if (auto const option = option_named(words[words.size() - 2])) return what.completions[*option](begun);
    }
    std::vector<std::string> out;
    if (begun.starts_with('-')) {
        for (auto const& parameter : what.parameters) {
            if (is_option(parameter)) out.push_back("--" + parameter.name);
        }
        return beginning_with(begun, std::move(out));
    }
    std::size_t plain = 0;  // words before this one that filled a positional parameter
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        bool const value_of_option = i > 0 && option_named(words[i - 1]);
        if (!words[i].starts_with('-') && !value_of_option) ++plain;
    }
    for (std::size_t i = 0; i < what.parameters.size(); ++i) {
        if (!is_positional(what.parameters[i])) continue;
        if (plain == 0 || what.parameters[i].kind == parameter_kind::rest) return what.completions[i](begun);
        --plain;
    }
    return out;
}

}  // namespace chatrixcd::chatops::detail
