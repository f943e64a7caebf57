// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "commands/meant_project.hpp"
#include "commands/services.hpp"
#include "commands/usage.hpp"
#include "engine/guarded.hpp"

namespace chatrixcd::chatops::commands {

namespace {

constexpr std::size_t most_shown = 100;
// Each takes a question to the CI; longer lists show names only.
constexpr std::size_t most_detailed = 12;

struct templates_args {
    std::optional<std::string> project;
};

boost::asio::awaitable<line> shown(services const& with, known_project const& of, ci::job job, bool detailed, context const& asked) {
    line item;
    if (detailed) {
        auto details = co_await guarded(with.ci.server(of.server)->job_details(job.id), base::error_kind::internal);
        if (details) job = std::move(*details);
    }
    item.push_back(strong(job.name));
    if (!job.description.empty()) item.emplace_back(": " + job.description);
    if (detailed) {
        item.emplace_back(" – ");
        item.push_back(code(usage_of(asked, of.project.name, job)));
    }
    co_return item;
}

boost::asio::awaitable<result<view>> templates(services const& with, context& asked, templates_args args) {
    auto const meant = co_await meant_project(with, asked, std::move(args.project), "templates NUMBER");
    if (!meant) co_return meant.error();
    auto const& of = *meant;
    auto const jobs = co_await with.ci.jobs(of.server, of.project.id);
    if (!jobs) co_return jobs.error();
    if (jobs->empty()) co_return view::of_text("The project " + of.project.name + " has no jobs.");
    std::vector<line> items;
    bool const detailed = jobs->size() <= most_detailed;
    for (std::size_t i = 0; i < jobs->size() && i < most_shown; ++i) {
        auto item = co_await shown(with, of, (*jobs)[i], detailed, asked);
        item.insert(item.begin(), span(std::to_string(i + 1) + ". "));
        items.push_back(std::move(item));
    }
    view out;
    out.add(heading{"Jobs of " + of.project.name});
    out.add(bullet_list{std::move(items)});
    if (jobs->size() > most_shown) out.add(paragraph{line_of("… and " + std::to_string(jobs->size() - most_shown) + " more.")});
    co_return out;
}

}  // namespace

command templates_command(services const& with) {
    return declare<templates_args>("templates", "List the jobs of a project")
        .arg("project", &templates_args::project, "its name, or its number in `projects`; may be left out if there is only one")
        .group("Look")
        .alias("jobs")
        .example("templates")
        .example("templates demo")
        .does([&with](context& asked, templates_args args) { return templates(with, asked, std::move(args)); });
}

}  // namespace chatrixcd::chatops::commands
