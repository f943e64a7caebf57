// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/command/presentation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace chatrixcd::chatops::detail {
namespace {

using base::error;
using base::error_kind;

constexpr std::int64_t longest_seconds = std::int64_t{366} * 24 * 60 * 60;

std::int64_t seconds_of(char unit) {
    switch (unit) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 60 * 60;
        case 'd':
            return 24 * 60 * 60;
        default:
            return 0;
    }
}

error no_duration(std::string_view text) {
    return error(error_kind::invalid, text::quoted(text) + " is no duration; write it like `90s`, `15m`, `2h`, `1d` or `1h30m`.");
}

}  // namespace

base::result<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [read, problem] = std::from_chars(text.data(), end, value);
    if (problem == std::errc::invalid_argument || read != end) {
        return error(error_kind::invalid, text::quoted(text) + " is no whole number; write digits only, like `3`.");
    }
    if (problem == std::errc::result_out_of_range || value < least || value > most) {
        return error(error_kind::invalid,
                     fmt::format("{} is out of range; a number from {} to {} is possible.", text::quoted(text), least, most));
    }
    return value;
}

base::result<bool> parse_bool(std::string_view text) {
    for (auto const word : {"yes", "true", "on"}) {
        if (text == word) return true;
    }
    for (auto const word : {"no", "false", "off"}) {
        if (text == word) return false;
    }
    return error(error_kind::invalid, text::quoted(text) + " is neither yes nor no; write `yes` or `no`.");
}

base::result<std::chrono::seconds> parse_duration(std::string_view text) {
    std::int64_t total = 0;
    std::int64_t last_unit = longest_seconds;
    for (auto rest = text; !rest.empty() || text.empty();) {
        std::int64_t count = 0;
        auto const [read, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
        auto const digits = static_cast<std::size_t>(read - rest.data());
        if (problem != std::errc() || count < 0 || digits == rest.size()) return no_duration(text);
        auto const unit = seconds_of(rest[digits]);
        // Units in falling order, each once: what reads otherwise is a typing error.
        if (unit == 0 || unit >= last_unit) return no_duration(text);
        total += std::min(count, longest_seconds + 1) * unit;  // cannot overflow, and stays too much
        last_unit = unit;
        rest.remove_prefix(digits + 1);
    }
    if (total < 1 || total > longest_seconds) {
        return error(error_kind::invalid, text::quoted(text) + " is out of range; a duration from `1s` to `366d` is possible.");
    }
    return std::chrono::seconds(total);
}

base::error no_such_choice(std::string_view text, std::vector<std::string> const& choices) {
    return error(error_kind::invalid, text::quoted(text) + " is none of the choices; write " + text::either(choices) + ".");
}

std::vector<std::string> beginning_with(std::string_view begun, std::vector<std::string> words) {
    std::erase_if(words, [&](std::string const& word) { return !word.starts_with(begun); });
    return words;
}

}  // namespace chatrixcd::chatops::detail
