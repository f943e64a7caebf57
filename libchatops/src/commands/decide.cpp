// SPDX-License-Identifier: Apache-2.0
// approve and reject: what becomes of a run that waits for a decision.
#include <utility>

#include "commands/run_number.hpp"
#include "commands/services.hpp"
#include "engine/guarded.hpp"
#include "runs/card_view.hpp"

namespace chatrixcd::chatops::commands {

namespace {

struct decide_args {
    std::optional<run_number> run;
};

// The word for what is decided, and for what was.
struct choice {
    char const* done;
    char const* then;
    boost::asio::awaitable<ci::result<void>> (ci::gates::*tell)(ci::run_id);
};
constexpr choice approval{"approved", "goes on", &ci::gates::approve};
constexpr choice rejection{"rejected", "ends", &ci::gates::reject};

boost::asio::awaitable<result<view>> decide(services const& with, context& asked, decide_args args, choice what) {
    auto const found = co_await meant_run(with, asked, args.run);
    if (!found) co_return found.error();
    auto const title = runs::title_of(*found);
    // Said before the process ended, and not answered.
    if (found->decided_in == asked.trace()) {
        co_return view::of_text(title + " was " + what.done +
                                " when the bot was interrupted; its card says whether the CI has heard of it.");
    }
    if (!found->open || found->id.empty()) {
        co_return base::error(base::error_kind::conflict, title + " does not wait for a decision: it " + runs::summary_of(*found, {}));
    }
    auto* const server = with.ci.server(found->server);
    if (server && !with.ci.has(asked, found->server)) {
        co_return base::error(base::error_kind::forbidden,
                              "CI `" + found->server + "` is not for this room: " + title + " is decided elsewhere.");
    }
    auto* const gates = server ? server->gate_facet() : nullptr;
    if (!gates) co_return base::error(base::error_kind::unsupported, "CI `" + found->server + "` has no runs that wait for a decision.");
    // Nothing is written down about a run that waits for nothing: what was decided about it stays.
    auto const now = co_await guarded(server->get(found->id), base::error_kind::internal);
    if (!now) co_return now.error();
    if (now->at != ci::phase::gated) {
        with.tracked.look_now(found->number);
        co_return base::error(base::error_kind::conflict, title + " does not wait for a decision: the CI calls it `" + now->raw + "`");
    }
    if (with.tracked.is_decision_in_doubt(found->number)) {
        co_return base::error(base::error_kind::conflict,
                              "whether the CI has heard that " + title + " was " + found->decision + " is not known yet")
            .with_hint("its card shows it; in two minutes it can be decided again");
    }
    auto words = std::string(what.done) + " by " + name_of(asked.asked_by());
    co_await with.tracked.note_decision(found->number, std::move(words), asked.trace());
    auto const told = co_await guarded((gates->*what.tell)(found->id), base::error_kind::timeout_unknown);
    if (!told && told.error().kind() == base::error_kind::timeout_unknown) {
        with.tracked.doubt_decision(found->number);
        with.tracked.look_now(found->number);
        co_return base::error(base::error_kind::timeout_unknown,
                              "whether the CI has heard that " + title + " was " + what.done + " is not known: " + told.error().message())
            .with_hint("its card shows it; in two minutes it can be decided again");
    }
    if (!told) {
        co_await with.tracked.note_decision(found->number, found->decision, found->decided_in);
        co_return base::error(told.error().kind(), title + " was not " + what.done + ": " + told.error().message())
            .with_hint(told.error().hint());
    }
    with.tracked.look_now(found->number);
    co_return view::of_text(title + " is " + what.done + ": it " + what.then + ".");
}

}  // namespace

command approve_command(services const& with) {
    return declare<decide_args>("approve", "Let a run go on that waits for a decision")
        .arg("run", &decide_args::run, "its number; left out: the last one of this room")
        .effect(effect::high)
        .group("Run")
        .example("approve 3")
        .does([&with](context& asked, decide_args args) { return decide(with, asked, args, approval); });
}

command reject_command(services const& with) {
    return declare<decide_args>("reject", "End a run that waits for a decision")
        .arg("run", &decide_args::run, "its number; left out: the last one of this room")
        .effect(effect::low)
        .group("Run")
        .example("reject 3")
        .does([&with](context& asked, decide_args args) { return decide(with, asked, args, rejection); });
}

}  // namespace chatrixcd::chatops::commands
