// SPDX-License-Identifier: Apache-2.0
// The commands of a bot. Only a command's exact name or an alias runs it; anything else is answered with a question.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/chatops/command/command.hpp>

namespace chatrixcd::chatops {

class command_set {
public:
    command_set() = default;
    command_set(command_set const&) = delete;
    command_set& operator=(command_set const&) = delete;

    // Throws std::logic_error if the name or an alias is taken.
    void add(command what);
    // Adds `help [command]`, which shows this set; it must outlive the command.
    void add_help();

    std::vector<command> const& all() const noexcept { return all_; }
    // By exact name or alias; null if there is none. Valid until the next add().
    command const* find(std::string_view word) const noexcept;

    // A whole line without the prefix. Errors: `not_found` for a word that is no command, with suggestions; `invalid`, `too_large`: one
    // sentence. Commands in hints have `prefix` before them, so that they can be copied. Runs nothing.
    result<bound_call> parse(std::string_view text, std::string_view prefix = {}) const;

    // Names that a mistyped word may have meant, at most three: those that begin with it, else the nearest within two typing errors.
    std::vector<std::string> suggestions(std::string_view word) const;
    // What the last word of an unfinished line could become.
    std::vector<std::string> complete(std::string_view text) const;

    // All commands by group, in the order added. `prefix` goes before each, so that it can be copied: "!cd"; may be empty.
    view help(std::string_view prefix) const;
    // One command. `not_found`, with suggestions.
    result<view> help(std::string_view name, std::string_view prefix) const;

private:
    base::error unknown(std::string_view word, std::string_view prefix) const;

    std::vector<command> all_;
};

}  // namespace chatrixcd::chatops
