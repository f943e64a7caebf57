// SPDX-License-Identifier: Apache-2.0
// schedules and schedule: what the CI starts by itself, and whether it does.
#include <algorithm>
#include <utility>

#include <chatrixcd/chatops/ci/schedules.hpp>

#include "commands/meant_project.hpp"
#include "commands/services.hpp"
#include "engine/guarded.hpp"
#include "words/quoted.hpp"

namespace chatrixcd::chatops {

namespace commands {

enum class switched : std::uint8_t { off, on };

}  // namespace commands

template <>
struct choice_words<commands::switched> {
    static std::vector<std::pair<std::string, commands::switched>> values() {
        return {{"on", commands::switched::on}, {"off", commands::switched::off}};
    }
};

namespace commands {

namespace {

struct schedules_args {
    std::optional<std::string> project;
};
struct schedule_args {
    switched to = switched::off;
    std::string schedule;
    std::optional<std::string> project;
};

std::string shown_name(ci::schedule const& of) { return of.name.empty() ? of.job_name + " (" + of.when + ")" : of.name; }

// Those of one project, with what can switch them.
class known_schedules {
public:
    known_project of;
    ci::schedules* at = nullptr;
    std::vector<ci::schedule> all;
};

boost::asio::awaitable<result<known_schedules>> meant_schedules(services const& with, context const& asked,
                                                                std::optional<std::string> project, std::string example) {
    auto found = co_await meant_project(with, asked, std::move(project), std::move(example));
    if (!found) co_return found.error();
    known_schedules known;
    known.of = std::move(*found);
    auto* const server = with.ci.server(known.of.server);
    known.at = server ? server->schedule_facet() : nullptr;
    if (!known.at) co_return base::error(base::error_kind::unsupported, "CI `" + known.of.server + "` has no schedules.");
    auto all = co_await guarded(known.at->list(known.of.project.id), base::error_kind::internal);
    if (!all) co_return all.error();
    known.all = std::move(*all);
    co_return known;
}

boost::asio::awaitable<result<view>> list(services const& with, context& asked, schedules_args args) {
    auto const known = co_await meant_schedules(with, asked, std::move(args.project), "schedules NUMBER");
    if (!known) co_return known.error();
    auto const& name = known->of.project.name;
    if (known->all.empty()) co_return view::of_text("The project " + name + " has no schedules.");
    std::vector<line> items;
    for (auto const& each : known->all) {
        line item;
        item.push_back(code(each.id.str()));
        if (!each.name.empty()) {
            item.emplace_back(" ");
            item.push_back(strong(each.name));
        }
        item.emplace_back(each.name.empty() ? " " : ": ");
        item.emplace_back(each.job_name + ", ");
        item.push_back(code(each.when));
        item.emplace_back(each.active ? ", on" : ", off");
        items.push_back(std::move(item));
    }
    view out;
    out.add(heading{"Schedules of " + name});
    out.add(bullet_list{std::move(items)});
    auto const before = asked.prefix().empty() ? "" : asked.prefix() + " ";
    out.add(paragraph{line_of("One that shall start nothing for now: `" + before + "schedule off " + known->all.front().id.str() + " " +
                              text::as_argument(name) + "`")});
    co_return out;
}

// By the name or the id that the list shows: a place in the list could be that of another one when a command is taken up after a restart.
result<ci::schedule> find_schedule(known_schedules const& among, std::string const& word, std::string const& prefix) {
    auto const is_it = [&word](ci::schedule const& each) { return each.id.str() == word || (!word.empty() && each.name == word); };
    auto const count = std::count_if(among.all.begin(), among.all.end(), is_it);
    if (count == 1) return *std::find_if(among.all.begin(), among.all.end(), is_it);
    auto const& project = among.of.project.name;
    auto const hint = "`" + (prefix.empty() ? "" : prefix + " ") + "schedules " + text::as_argument(project) + "` lists them; give the id.";
    if (count > 1) return base::error(base::error_kind::conflict, "`" + word + "` is more than one schedule of " + project).with_hint(hint);
    return base::error(base::error_kind::not_found, "There is no schedule `" + word + "` in " + project).with_hint(hint);
}

boost::asio::awaitable<result<view>> turn(services const& with, context& asked, schedule_args args) {
    auto const example =
        std::string("schedule ") + (args.to == switched::on ? "on " : "off ") + text::as_argument(args.schedule) + " PROJECT";
    auto const known = co_await meant_schedules(with, asked, std::move(args.project), example);
    if (!known) co_return known.error();
    auto const found = find_schedule(*known, args.schedule, asked.prefix());
    if (!found) co_return found.error();
    bool const on = args.to == switched::on;
    // Done again after an interruption: it is so already, or becomes so.
    auto const done = co_await guarded(known->at->set_active(found->id, on), base::error_kind::timeout_unknown);
    auto const what = "the schedule " + shown_name(*found);
    if (!done && done.error().kind() == base::error_kind::timeout_unknown) {
        co_return base::error(done.error().kind(),
                              "whether " + what + " is " + (on ? "on" : "off") + " is not known: " + done.error().message())
            .with_hint("say it again: it can be switched as often as you like");
    }
    if (!done) {
        co_return base::error(done.error().kind(), what + " was not switched: " + done.error().message()).with_hint(done.error().hint());
    }
    co_return view::of_text("The schedule " + shown_name(*found) + " of " + known->of.project.name + " is " +
                            (on ? "on: it starts " + found->job_name + " (" + found->when + ")." : "off: it starts nothing."));
}

}  // namespace

command schedules_command(services const& with) {
    return declare<schedules_args>("schedules", "List what the CI starts by itself, and when")
        .arg("project", &schedules_args::project, "its name, or its number in `projects`; may be left out if there is only one")
        .group("Look")
        .example("schedules")
        .example("schedules web")
        .does([&with](context& asked, schedules_args args) { return list(with, asked, std::move(args)); });
}

command schedule_command(services const& with) {
    return declare<schedule_args>("schedule", "Switch a schedule on or off")
        .arg("to", &schedule_args::to, "whether it shall start anything")
        .arg("schedule", &schedule_args::schedule, "its name, or its id in `schedules`")
        .arg("project", &schedule_args::project, "as in `schedules`")
        .effect(effect::high)
        .group("Run")
        .example("schedule off nightly web")
        .example("schedule on 1/3 web")
        .does([&with](context& asked, schedule_args args) { return turn(with, asked, std::move(args)); });
}

}  // namespace commands

}  // namespace chatrixcd::chatops
