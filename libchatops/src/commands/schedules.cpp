// SPDX-License-Identifier: Apache-2.0
// schedules and schedule: what the CI starts by itself, and whether it does.
#include <algorithm>
#include <utility>

#include <chatrixcd/chatops/ci/schedules.hpp>

#include "commands/meant_project.hpp"
#include "commands/services.hpp"
#include "engine/guarded.hpp"

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

std::string shown_name(ci::schedule const& of) { return of.name.empty() ? of.job_name + " at " + of.when : of.name; }

// Those of one project, with what can switch them.
class known_schedules {
public:
    known_project of;
    ci::schedules* at = nullptr;
    std::vector<ci::schedule> all;
};

boost::asio::awaitable<result<known_schedules>> meant_schedules(services const& with, std::string prefix,
                                                                std::optional<std::string> project, std::string example) {
    auto found = co_await meant_project(with, std::move(prefix), std::move(project), std::move(example));
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
    auto const known = co_await meant_schedules(with, asked.prefix(), std::move(args.project), "schedules NUMBER");
    if (!known) co_return known.error();
    auto const& name = known->of.project.name;
    if (known->all.empty()) co_return view::of_text("The project " + name + " has no schedules.");
    std::vector<line> items;
    for (auto const& each : known->all) {
        line item;
        item.emplace_back(std::to_string(items.size() + 1) + ". ");
        item.push_back(strong(shown_name(each)));
        item.emplace_back(": " + each.job_name + ", ");
        item.push_back(code(each.when));
        item.emplace_back(each.active ? ", on" : ", off");
        items.push_back(std::move(item));
    }
    view out;
    out.add(heading{"Schedules of " + name});
    out.add(bullet_list{std::move(items)});
    auto const before = asked.prefix().empty() ? "" : asked.prefix() + " ";
    out.add(paragraph{line_of("One that shall start nothing for now: `" + before + "schedule off NUMBER " + name + "`")});
    co_return out;
}

// By name, or by number in the list; nothing is switched that could be another one.
result<ci::schedule> find_schedule(known_schedules const& among, std::string const& word, std::string const& prefix) {
    auto const is_it = [&word](ci::schedule const& each) { return each.name == word; };
    auto const count = std::count_if(among.all.begin(), among.all.end(), is_it);
    auto const number = word.size() < 6 && word.find_first_not_of("0123456789") == std::string::npos ? std::stoul(word) : 0;
    bool const is_number = number >= 1 && number <= among.all.size();
    auto const before = prefix.empty() ? "" : prefix + " ";
    auto const hint = "`" + before + "schedules " + among.of.project.name + "` lists them; give the number.";
    if (count + (is_number ? 1 : 0) > 1 && !(count == 1 && is_number && is_it(among.all[number - 1]))) {
        return base::error(base::error_kind::conflict, "`" + word + "` is more than one schedule of " + among.of.project.name)
            .with_hint(hint);
    }
    if (is_number) return among.all[number - 1];
    if (count == 1) return *std::find_if(among.all.begin(), among.all.end(), is_it);
    return base::error(base::error_kind::not_found, "There is no schedule `" + word + "` in " + among.of.project.name).with_hint(hint);
}

boost::asio::awaitable<result<view>> turn(services const& with, context& asked, schedule_args args) {
    auto const example = std::string("schedule ") + (args.to == switched::on ? "on " : "off ") + args.schedule + " PROJECT";
    auto const known = co_await meant_schedules(with, asked.prefix(), std::move(args.project), example);
    if (!known) co_return known.error();
    auto const found = find_schedule(*known, args.schedule, asked.prefix());
    if (!found) co_return found.error();
    bool const on = args.to == switched::on;
    // Done again after an interruption: it is so already, or becomes so.
    auto const done = co_await guarded(known->at->set_active(found->id, on), base::error_kind::timeout_unknown);
    if (!done) {
        co_return base::error(done.error().kind(), "whether the schedule " + shown_name(*found) + " is " + (on ? "on" : "off") +
                                                       " is not sure: " + done.error().message())
            .with_hint(done.error().hint());
    }
    co_return view::of_text("The schedule " + shown_name(*found) + " of " + known->of.project.name + " is " +
                            (on ? "on: it starts " + found->job_name + " at " + found->when + "." : "off: it starts nothing."));
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
        .arg("schedule", &schedule_args::schedule, "its name, or its number in `schedules`")
        .arg("project", &schedule_args::project, "as in `schedules`")
        .effect(effect::high)
        .group("Run")
        .example("schedule off nightly web")
        .example("schedule on 1")
        .does([&with](context& asked, schedule_args args) { return turn(with, asked, std::move(args)); });
}

}  // namespace commands

}  // namespace chatrixcd::chatops
