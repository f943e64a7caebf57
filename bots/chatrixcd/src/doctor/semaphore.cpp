// SPDX-License-Identifier: Apache-2.0
#include "doctor/semaphore.hpp"

#include <algorithm>
#include <chatrixcd/semaphore/capabilities.hpp>
#include <chatrixcd/semaphore/live.hpp>
#include <utility>

#include "push/endpoint.hpp"
#include "semaphore_server.hpp"

namespace chatrixcd::bot {

namespace {

namespace ci = chatops::ci;
using boost::asio::awaitable;

// As the command `run` knows them.
constexpr std::string_view run_options[] = {"--limit",   "--tags", "--skip-tags", "--branch",  "--inventory",
                                            "--dry-run", "--diff", "--debug",     "--message", "--args"};

std::string dropped_options(ci::job const& of) {
    std::string dropped;
    for (auto const option : run_options) {
        auto const is_it = [option](ci::parameter_spec const& taken) { return taken.name == option; };
        if (std::none_of(of.parameters.begin(), of.parameters.end(), is_it)) dropped += (dropped.empty() ? "" : " ") + std::string(option);
    }
    return dropped;
}

awaitable<void> examine_templates(ci::server& face, ci::project in, findings& into) {
    auto const listed = co_await face.jobs(in.id, ci::job_query(), ci::page_request());
    if (!listed) {
        into.bad("the templates of " + in.name, listed.error(), exit_code::failure);
        co_return;
    }
    into.good("the project " + in.name + " has " + std::to_string(listed->items.size()) + (listed->next.empty() ? "" : " and more") +
              " templates");
    for (auto const& each : listed->items) {
        auto const job = co_await face.job_details(each.id);
        if (!job) {
            into.bad("the template " + in.name + " / " + each.name, job.error(), exit_code::failure);
            continue;
        }
        auto const dropped = dropped_options(*job);
        if (!dropped.empty()) into.note(in.name + " / " + each.name + " takes no " + dropped + ": a run with one of them is refused");
    }
}

void examine_push(ci_config const& wanted, findings& into) {
    if (!wanted.semaphore.push) return;
    auto const endpoint = push_endpoint::make(wanted.name, *wanted.semaphore.push);
    if (!endpoint) {
        into.bad("its webhooks", endpoint.error(), exit_code::usage);
        return;
    }
    if (endpoint->webhooks) into.good("signed webhooks about it are taken at /push/" + wanted.name);
    if (endpoint->takes_alerts) {
        into.note("its alerts, which are unsigned, are taken at /push/" + wanted.name + "/alert" +
                  (endpoint->alert_token.empty() ? " from everybody" : " with the token"));
    }
}

awaitable<void> examine_news(semaphore_server& server, findings& into) {
    auto const opened = co_await server.connect();
    if (opened) {
        into.good("its news come by themselves");
    } else {
        into.note("its news do not come by themselves, so that it is asked for them every two seconds: " + opened.error().describe());
    }
}

// Each of the configuration must be one that the server shows, and one only.
awaitable<void> examine_projects(semaphore_server& server, semaphore_config wanted, findings& into) {
    auto const shown = co_await server.client().projects();
    if (!shown) co_return;
    for (auto const& word : wanted.projects) {
        auto const fits = [&word](semaphore::project const& p) { return p.name == word || p.id.str() == word; };
        auto const count = std::count_if(shown->begin(), shown->end(), fits);
        if (count == 0)
            into.bad("the project " + word + " is not among those that the token's user sees: is it a member?", exit_code::usage);
        if (count > 1) into.bad("several projects are called " + word + ": the configuration must give a number", exit_code::usage);
    }
}

// What a server may lack; that what is left works all the same is said, too.
awaitable<void> examine_calls(semaphore_server& server, ci::project_id in, findings& into) {
    auto const can = co_await semaphore::find_capabilities(server.client(), semaphore::project_id(std::stoll(in.str())));
    if (!can) {
        into.note("whether it can reject what waits for a decision is not known: " + can.error().describe());
        co_return;
    }
    if (can->reject) {
        into.good("it can reject what waits for a decision");
    } else {
        into.note("it cannot reject what waits for a decision: a reject stops it instead");
    }
}

awaitable<void> examine_server(semaphore_server& server, semaphore_config wanted, std::string where, findings& into) {
    auto const there = co_await server.client().ping();
    if (!there) {
        into.bad(where, there.error(), exit_code::unreachable);
        into.skipped("token, projects and templates");
        co_return;
    }
    auto const us = co_await server.client().whoami();
    if (!us) {
        into.bad(where, us.error(), exit_code_of(us.error()));
        into.skipped("projects and templates");
        co_return;
    }
    auto const info = co_await server.client().info();
    into.good(where + " answers" + (info ? " (" + info->version + ")" : "") + ", and knows us as " + us->username);
    co_await examine_news(server, into);
    co_await examine_projects(server, wanted, into);
    ci::page_request all;
    all.limit = 1000;
    auto const projects = co_await server.face().projects(std::move(all));
    if (!projects) {
        into.bad("its projects", projects.error(), exit_code::usage);
        co_return;
    }
    if (projects->items.empty()) into.bad("it shows no project: is " + us->username + " a member of one?", exit_code::failure);
    if (!projects->items.empty()) co_await examine_calls(server, projects->items.front().id, into);
    for (auto const& project : projects->items) co_await examine_templates(server.face(), project, into);
}

}  // namespace

awaitable<void> examine_semaphore(surroundings around, ci_config wanted, findings& into) {
    auto const where = "ci " + wanted.name + ": " + wanted.semaphore.url;
    examine_push(wanted, into);
    auto const server = semaphore_server::make(around, wanted);
    if (!server) {
        into.bad(where, server.error(), exit_code::usage);
        co_return;
    }
    co_await examine_server(**server, wanted.semaphore, where, into);
}

}  // namespace chatrixcd::bot
