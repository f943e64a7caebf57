// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include "commands/missing.hpp"
#include "commands/secret_values.hpp"
#include "commands/services.hpp"
#include "commands/usage.hpp"
#include "engine/guarded.hpp"
#include "runs/card_view.hpp"
#include "words/number.hpp"
#include "words/quoted.hpp"

namespace chatrixcd::chatops::commands {

namespace {

struct run_args {
    std::vector<std::string> target;
    parameter_list values;
    std::optional<std::string> limit;
    std::optional<std::string> tags;
    std::optional<std::string> skip_tags;
    std::optional<std::string> branch;
    std::optional<std::string> inventory;
    std::optional<std::string> arguments;
    std::optional<std::string> message;
    bool dry_run = false;
    bool diff = false;
    bool debug = false;
};

// The parameters, and the options as those that they are to the port. Whether a job takes one is for its server to say.
ci::parameter_values values_of(run_args const& args) {
    ci::parameter_values values = args.values;
    std::pair<char const*, std::optional<std::string> const*> const texts[] = {
        {"--limit", &args.limit},         {"--tags", &args.tags},      {"--skip-tags", &args.skip_tags}, {"--branch", &args.branch},
        {"--inventory", &args.inventory}, {"--args", &args.arguments}, {"--message", &args.message},
    };
    for (auto const& [name, value] : texts) {
        if (*value) values.emplace_back(name, **value);
    }
    std::pair<char const*, bool> const flags[] = {{"--dry-run", args.dry_run}, {"--diff", args.diff}, {"--debug", args.debug}};
    for (auto const& [name, given] : flags) {
        if (given) values.emplace_back(name, "true");
    }
    return values;
}

constexpr std::size_t most_searched = 10;

// `run 1 2 web,db`: behind two numbers a third word is the tags, as ChatrixCD has always had it. Behind names it would rather be a mistake.
result<void> take_tags(run_args& args) {
    auto& words = args.target;
    if (words.size() != 3 || !text::is_number(words[0]) || !text::is_number(words[1])) return {};
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    bool const are_tags = words[2].find(',') != std::string::npos || std::all_of(words[2].begin(), words[2].end(), is_letter);
    if (!are_tags || args.tags) {
        return base::error(base::error_kind::invalid, "I don't know what to do with " + text::quoted(words[2]) + ". Nothing was started.")
            .with_hint("Tags are written like this: `--tags=" + text::as_argument(words[2]) + "`");
    }
    args.tags = std::move(words[2]);
    words.pop_back();
    return {};
}

struct found_target {
    run_target what;
    bool goes_by_name = false;  // its names alone mean it, and nothing else
};

// Jobs are asked for only where they can be meant: in the one project, in the one that the first word names, or, to say which project was
// left out, in a few.
boost::asio::awaitable<result<found_target>> resolve(services const& with, context const& asked, std::vector<std::string> words) {
    auto const& prefix = asked.prefix();
    auto known = co_await with.ci.projects(asked);
    if (!known) co_return known.error();
    std::optional<std::size_t> meant;
    if (known->size() == 1) meant = 0;
    if (!words.empty()) {
        if (auto const named = find_project(*known, words.front())) meant = *named;
    }
    for (std::size_t i = 0; i < known->size(); ++i) {
        bool const searched = meant ? i == *meant : known->size() <= most_searched;
        if (!searched) continue;
        auto& project = (*known)[i];
        auto jobs = co_await with.ci.jobs(project.server, project.project.id);
        if (!jobs) co_return jobs.error();
        project.jobs = std::move(*jobs);
    }
    auto const target = find_run_target(*known, words, prefix);
    if (!target) co_return target.error();
    auto const by_name = find_run_target(*known, {target->project_name, target->job_name}, prefix);
    found_target found;
    found.what = *target;
    found.goes_by_name = by_name && *by_name == *target;
    co_return found;
}

// Splits off what must not be shown or kept.
void hide_secrets(runs::order& what, ci::job const& job) {
    for (auto const& pair : what.what.effective) {
        bool const secret = std::any_of(job.parameters.begin(), job.parameters.end(), [&](ci::parameter_spec const& spec) {
            return spec.name == pair.first && spec.type == ci::parameter_type::secret;
        });
        if (secret) {
            what.has_secrets = true;
        } else {
            what.shown.push_back(pair);
        }
    }
}

base::error with_usage(base::error why, std::string const& usage) {
    auto own = why.hint();
    if (!own.empty()) own += own.ends_with('.') ? " " : ". ";
    return std::move(why).with_hint(own + "Write it like this: `" + usage + "`");
}

base::error would_be_ignored(ci::plan const& what, std::string const& usage) {
    std::string names;
    for (auto const& name : what.ignored) names += (names.empty() ? "" : ", ") + text::quoted(name);
    auto why = base::error(base::error_kind::invalid, text::quoted(what.job_name) + " would ignore " + names + "; nothing was started.");
    return with_usage(std::move(why), usage);
}

boost::asio::awaitable<result<view>> run(services const& with, context& asked, run_args args) {
    // Until the job says that none of them is a secret.
    if (!asked.is_private()) asked.keep_values(false);
    auto const tagged = take_tags(args);
    if (!tagged) co_return tagged.error();
    auto const found = co_await resolve(with, asked, std::move(args.target));
    if (!found) co_return found.error();
    auto const* const target = &found->what;
    auto* const server = with.ci.server(target->server);
    auto const job = co_await guarded(server->job_details(target->job), base::error_kind::internal);
    if (!job) co_return job.error();
    auto const usage = usage_of(asked, target->project_name, *job);
    auto given = values_of(args);
    if (!asked.is_private()) {
        if (auto const no = secret_in_room(*job, given)) co_return *no;
        asked.keep_values(is_without_secrets(*job, given));
    }
    if (found->goes_by_name) {
        if (auto question = ask_for_missing(asked, *target, *job, given)) co_return std::move(*question);
    }
    ci::run_request wanted(target->job, given);
    auto plan = co_await guarded(server->prepare(std::move(wanted)), base::error_kind::internal);
    if (!plan) {
        if (plan.error().kind() != base::error_kind::invalid) co_return plan.error();
        if (found->goes_by_name) {
            if (auto question = ask_again(asked, *target, std::move(given), plan.error())) co_return std::move(*question);
        }
        co_return with_usage(plan.error(), usage);
    }
    if (!plan->ignored.empty()) co_return would_be_ignored(*plan, usage);

    view out;
    for (auto const& warning : plan->warnings) out.add(paragraph{line{span("Warning: " + warning)}});
    runs::order what;
    what.from = asked.origin();
    what.requested_by = name_of(asked.asked_by());
    what.trace = asked.trace();
    what.server = target->server;
    what.project_name = target->project_name;
    what.what = std::move(*plan);
    hide_secrets(what, *job);
    auto const begun = co_await with.tracked.begin(std::move(what));
    if (!begun) co_return begun.error();
    // In a room the card has been sent already, and is the answer.
    if (!asked.room()) out.add(runs::card_of(*begun, {}, asked.prefix()));
    co_return out;
}

}  // namespace

command run_command(services const& with) {
    return declare<run_args>("run", "Run a job")
        .rest("[project] job", &run_args::target, "names or numbers; the project may be left out if there is only one, and so may the job")
        .parameters(&run_args::values, "the job's parameters")
        .option("limit", &run_args::limit, "hosts, with commas between them")
        .option("tags", &run_args::tags, "run only what has one of these tags")
        .option("skip-tags", &run_args::skip_tags, "leave out what has one of these tags")
        .option("branch", &run_args::branch, "branch, tag or commit instead of the job's own")
        .option("inventory", &run_args::inventory, "name or number, instead of the job's own")
        .option("args", &run_args::arguments, "further arguments of its command line")
        .option("message", &run_args::message, "what for; shown at the CI")
        .flag("dry-run", &run_args::dry_run, "change nothing")
        .flag("diff", &run_args::diff, "show what changes")
        .flag("debug", &run_args::debug, "log more")
        .effect(effect::high)
        .group("Run")
        .example("run hello")
        .example("run demo hello")
        .example("run demo deploy version=1.4.2")
        .example("run web deploy version=1.4.2 --limit web1 --dry-run")
        .does([&with](context& asked, run_args args) { return run(with, asked, std::move(args)); });
}

}  // namespace chatrixcd::chatops::commands
