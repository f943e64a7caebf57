// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/command/command_set.hpp>
#include <chatrixcd/chatops/command/presentation.hpp>

#include <stdexcept>
#include <utility>

#include "words/in_prefix.hpp"
#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace chatrixcd::chatops {
namespace {

using base::error;
using base::error_kind;

constexpr std::size_t most_suggestions = 3;

std::string all_commands(std::string_view prefix) { return "`" + text::in_prefix(prefix, "help") + "` lists all commands."; }

}  // namespace

void command_set::add(command what) {
    auto const check = [&](std::string const& word) {
        if (find(word) != nullptr) throw std::logic_error("the command name " + word + " is taken");
    };
    check(what.name());
    for (auto const& alias : what.aliases()) check(alias);
    all_.push_back(std::move(what));
}

command const* command_set::find(std::string_view word) const noexcept {
    for (auto const& each : all_) {
        if (each.name() == word) return &each;
        for (auto const& alias : each.aliases()) {
            if (alias == word) return &each;
        }
    }
    return nullptr;
}

std::vector<std::string> command_set::suggestions(std::string_view word) const {
    std::vector<std::string> known;
    for (auto const& each : all_) {
        known.push_back(each.name());
        known.insert(known.end(), each.aliases().begin(), each.aliases().end());
    }
    return text::similar(word, known, most_suggestions);
}

base::error command_set::unknown(std::string_view word, std::string_view prefix) const {
    auto const meant = suggestions(word);
    std::string message = "I don't know " + text::quoted(word) + ".";
    if (!meant.empty()) message += " Did you mean " + text::either(meant) + "?";
    return error(error_kind::not_found, std::move(message)).with_hint(all_commands(prefix));
}

result<bound_call> command_set::parse(std::string_view text, std::string_view prefix) const {
    auto words = tokenize(text);
    if (!words) return words.error();
    if (words->empty()) return error(error_kind::invalid, "No command was given.").with_hint(all_commands(prefix));
    auto const* const found = find(words->front().text);
    if (found == nullptr) return unknown(words->front().text, prefix);
    words->erase(words->begin());
    return found->parse(*words, prefix);
}

std::vector<std::string> command_set::complete(std::string_view text) const {
    // An unfinished line need not be a valid one: words are simply what blanks separate.
    std::vector<std::string> words(1);
    for (char const c : text) {
        if (c != ' ' && c != '\t') {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.size() > 1) {
        auto const* const found = find(words.front());
        if (found == nullptr) return {};
        words.erase(words.begin());
        return found->complete(words);
    }
    std::vector<std::string> names;
    for (auto const& each : all_) names.push_back(each.name());
    return detail::beginning_with(words.front(), std::move(names));
}

}  // namespace chatrixcd::chatops
