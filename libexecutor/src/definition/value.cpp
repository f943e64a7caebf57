// SPDX-License-Identifier: Apache-2.0
#include "definition/value.hpp"

#include <algorithm>
#include <array>
#include <boost/regex.hpp>
#include <charconv>
#include <cstdint>
#include <stdexcept>

#include "definition/names.hpp"

namespace chatrixcd::executor {

namespace {

using base::error;
using base::error_kind;
using base::result;

error wrong(parameter const& what, std::string const& problem, std::string hint) {
    return error(error_kind::invalid, "parameter " + quoted(what.name) + ": " + problem).with_hint(std::move(hint));
}

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        auto const code = static_cast<unsigned char>(c);
        return (code < 0x20 && c != '\t' && c != '\n') || code == 0x7f;
    });
}

// Boost's matcher, unlike that of the standard library, neither recurses nor runs without bound: it gives up by an exception.
bool matches(std::string const& pattern, std::string_view text) {
    try {
        return boost::regex_match(text.begin(), text.end(), boost::regex(pattern));
    } catch (std::runtime_error const&) {
        return false;
    }
}

result<std::string> check_text(parameter const& what, std::string_view given) {
    if (has_control_characters(given)) return wrong(what, "the value holds control characters", "use plain text");
    if (what.pattern.empty()) return std::string(given);
    if (given.size() > longest_patterned_value) {
        return wrong(what, "the value is too long", "at most " + std::to_string(longest_patterned_value) + " bytes");
    }
    if (!matches(what.pattern, given)) return wrong(what, quoted(given) + " does not fit", "it must match " + quoted(what.pattern));
    return std::string(given);
}

result<std::string> check_integer(parameter const& what, std::string_view given) {
    std::int64_t number = 0;
    auto const [end, failed] = std::from_chars(given.data(), given.data() + given.size(), number);
    if (failed == std::errc() && end == given.data() + given.size()) return std::to_string(number);
    if (failed == std::errc::result_out_of_range) return wrong(what, quoted(given) + " is too large a number", "at most 64 bits");
    return wrong(what, quoted(given) + " is not a whole number", "write it like 42");
}

result<std::string> check_boolean(parameter const& what, std::string_view given) {
    static constexpr std::array<std::string_view, 4> yes = {"true", "yes", "on", "1"};
    static constexpr std::array<std::string_view, 4> no = {"false", "no", "off", "0"};
    if (std::find(yes.begin(), yes.end(), given) != yes.end()) return std::string("true");
    if (std::find(no.begin(), no.end(), given) != no.end()) return std::string("false");
    return wrong(what, quoted(given) + " is neither true nor false", "write true or false");
}

result<std::string> check_choice(parameter const& what, std::string_view given) {
    if (std::find(what.choices.begin(), what.choices.end(), given) != what.choices.end()) return std::string(given);
    std::vector<std::string_view> const choices(what.choices.begin(), what.choices.end());
    return wrong(what, quoted(given) + " is not one of its choices", suggestion(given, choices));
}

}  // namespace

std::string pattern_problem(std::string const& pattern) {
    try {
        boost::regex const compiled(pattern);
        return {};
    } catch (std::runtime_error const& e) {
        return e.what();
    }
}

result<std::string> check_value(parameter const& what, std::string_view given) {
    if (given.size() > longest_value) {
        return wrong(what, "the value is too long", "at most " + std::to_string(longest_value) + " bytes");
    }
    switch (what.type) {
        case parameter_type::integer:
            return check_integer(what, given);
        case parameter_type::boolean:
            return check_boolean(what, given);
        case parameter_type::choice:
            return check_choice(what, given);
        case parameter_type::secret:
            // Line breaks belong to keys; everything else that a secret may hold is its owner's business, but NUL ends a variable.
            if (given.find('\0') != std::string_view::npos) return wrong(what, "the value holds a NUL", "use text");
            return std::string(given);
        case parameter_type::text:
            break;
    }
    return check_text(what, given);
}

}  // namespace chatrixcd::executor
