// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "commands/services.hpp"

namespace chatrixcd::chatops::commands {

namespace {

constexpr std::size_t most_shown = 100;

struct no_args {};

boost::asio::awaitable<result<view>> projects(services const& with, context& asked) {
    auto const known = co_await with.ci.projects(asked);
    if (!known) co_return known.error();
    if (known->empty()) co_return view::of_text("The CI has no projects that I can see.");
    std::vector<line> items;
    for (std::size_t i = 0; i < known->size() && i < most_shown; ++i) {
        auto const& one = (*known)[i];
        line item;
        item.emplace_back(std::to_string(i + 1) + ". ");
        item.push_back(strong(one.project.name));
        if (with.ci.servers(asked).size() > 1) item.emplace_back(" at " + one.server);
        if (!one.project.description.empty()) item.emplace_back(": " + one.project.description);
        items.push_back(std::move(item));
    }
    view out;
    out.add(heading{"Projects"});
    out.add(bullet_list{std::move(items)});
    if (known->size() > most_shown) out.add(paragraph{line_of("… and " + std::to_string(known->size() - most_shown) + " more.")});
    auto const prefix = asked.prefix().empty() ? "" : asked.prefix() + " ";
    out.add(paragraph{line_of("Its jobs: `" + prefix + "templates " + (known->size() == 1 ? "1" : "NUMBER") + "`")});
    co_return out;
}

}  // namespace

command projects_command(services const& with) {
    return declare<no_args>("projects", "List what there is to run things in")
        .group("Look")
        .example("projects")
        .does([&with](context& asked, no_args) { return projects(with, asked); });
}

}  // namespace chatrixcd::chatops::commands
