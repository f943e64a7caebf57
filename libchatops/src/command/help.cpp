// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chatrixcd/chatops/command/command_set.hpp>
#include <chatrixcd/chatops/command/declare.hpp>
#include <optional>
#include <utility>

#include "words/in_prefix.hpp"

namespace chatrixcd::chatops {
namespace {

line entry(parameter_doc const& parameter) {
    bool const dashed = parameter.kind == parameter_kind::option || parameter.kind == parameter_kind::flag;
    line out;
    out.push_back(code((dashed ? "--" : "") + parameter.name));
    std::string words = " – " + parameter.help;
    // Of plain text there is nothing to say.
    if (!parameter.type.empty() && parameter.type != "text") words += " (" + parameter.type + ")";
    if (parameter.kind == parameter_kind::optional) words += ", may be left out";
    out.emplace_back(std::move(words));
    return out;
}

std::string effect_words(effect e) {
    switch (e) {
        case effect::read:
            return "Changes nothing.";
        case effect::low:
            return "Effect: low, easily undone.";
        case effect::high:
            return "Effect: high.";
        case effect::critical:
            return "Effect: critical, cannot be undone.";
    }
    return {};
}

view help_for(command const& what, std::string_view prefix) {
    view out;
    out.add(heading{what.name()});
    line intro;
    intro.emplace_back(what.summary() + ". " + effect_words(what.effect()));
    out.add(paragraph{std::move(intro)});
    line usage;
    usage.emplace_back("Usage: ");
    usage.push_back(code(text::in_prefix(prefix, what.usage())));
    out.add(paragraph{std::move(usage)});
    std::vector<line> entries;
    for (auto const& parameter : what.parameters()) entries.push_back(entry(parameter));
    if (!entries.empty()) out.add(bullet_list{std::move(entries)});
    if (!what.aliases().empty()) {
        line also;
        also.emplace_back("Also: ");
        for (auto const& alias : what.aliases()) {
            if (also.size() > 1) also.emplace_back(", ");
            also.push_back(code(alias));
        }
        out.add(paragraph{std::move(also)});
    }
    std::string examples;
    for (auto const& each : what.examples()) examples += (examples.empty() ? "" : "\n") + text::in_prefix(prefix, each);
    if (!examples.empty()) {
        out.add(heading{what.examples().size() == 1 ? "Example" : "Examples"});
        out.add(code_block{std::move(examples)});
    }
    return out;
}

struct help_args {
    std::optional<std::string> topic;
};

}  // namespace

view command_set::help(std::string_view prefix) const {
    std::vector<std::string> groups;
    for (auto const& each : all_) {
        if (std::find(groups.begin(), groups.end(), each.group()) == groups.end()) groups.push_back(each.group());
    }
    view out;
    for (auto const& group : groups) {
        std::vector<line> entries;
        for (auto const& each : all_) {
            if (each.group() != group) continue;
            line item;
            item.push_back(code(text::in_prefix(prefix, each.usage())));
            item.emplace_back(" – " + each.summary());
            entries.push_back(std::move(item));
        }
        out.add(heading{group});
        out.add(bullet_list{std::move(entries)});
    }
    if (find("help") != nullptr) {
        line more;
        more.push_back(code(text::in_prefix(prefix, "help <command>")));
        more.emplace_back(" tells more about one.");
        out.add(paragraph{std::move(more)});
    }
    return out;
}

result<view> command_set::help(std::string_view name, std::string_view prefix) const {
    auto const* const found = find(name);
    if (found == nullptr) return unknown(name, prefix);
    return help_for(*found, prefix);
}

void command_set::add_help() {
    auto const show = [this](context& asked, help_args args) -> awaitable<result<view>> {
        if (args.topic) co_return help(*args.topic, asked.prefix());
        co_return help(asked.prefix());
    };
    add(declare<help_args>("help", "Show what I can do")
            .arg("command", &help_args::topic, "the command to tell more about")
            .group("Look")
            .example("help")
            .example("help help")
            .does(show));
}

}  // namespace chatrixcd::chatops
