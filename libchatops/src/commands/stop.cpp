// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "commands/run_number.hpp"
#include "commands/services.hpp"
#include "engine/guarded.hpp"
#include "runs/card_view.hpp"

namespace chatrixcd::chatops::commands {

namespace {

struct stop_args {
    std::optional<run_number> run;
};

base::error is_over(runs::record const& run) {
    return {base::error_kind::conflict, runs::title_of(run) + " is over: it " + runs::summary_of(run, {})};
}

boost::asio::awaitable<result<view>> stop(services const& with, context& asked, stop_args args) {
    auto const found = co_await meant_run(with, asked, args.run);
    if (!found) co_return found.error();
    if (!found->open) co_return is_over(*found);
    auto const title = runs::title_of(*found);
    if (found->id.empty()) {
        co_return base::error(base::error_kind::conflict, title + " cannot be stopped yet: it " + runs::summary_of(*found, {}));
    }
    auto* const server = with.ci.server(found->server);
    auto* const control = server ? server->control_facet() : nullptr;
    if (!control) co_return base::error(base::error_kind::unsupported, "CI `" + found->server + "` cannot stop runs.");
    // Before the CI is asked: it may be faster than we are, and we may end in between.
    co_await with.tracked.note_stopper(found->number, name_of(asked.asked_by()));
    auto const asked_it = co_await guarded(control->cancel(found->id), base::error_kind::internal);
    if (!asked_it) {
        // What was there before: an earlier stop counts, also this one before the process ended.
        co_await with.tracked.note_stopper(found->number, found->stopped_by);
        // It ended a moment ago; its card says how as soon as it is looked at.
        if (asked_it.error().kind() == base::error_kind::conflict) {
            co_return base::error(base::error_kind::conflict, title + " has just ended by itself.");
        }
        co_return asked_it.error();
    }
    with.tracked.look_now(found->number);
    co_return view::of_text("Asked the CI to stop " + title + ".");
}

}  // namespace

command stop_command(services const& with) {
    return declare<stop_args>("stop", "End a run that has not ended")
        .arg("run", &stop_args::run, "its number; left out: the last one of this room")
        .effect(effect::low)
        .group("Run")
        .alias("cancel")
        .example("stop")
        .example("stop 3")
        .does([&with](context& asked, stop_args args) { return stop(with, asked, args); });
}

}  // namespace chatrixcd::chatops::commands
