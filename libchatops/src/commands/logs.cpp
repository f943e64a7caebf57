// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "commands/run_number.hpp"
#include "commands/services.hpp"
#include "engine/guarded.hpp"
#include "runs/card_view.hpp"
#include "runs/log_text.hpp"

namespace chatrixcd::chatops::commands {

namespace {

constexpr std::size_t lines_on_demand = 40;

struct logs_args {
    std::optional<run_number> run;
};

boost::asio::awaitable<result<view>> logs(services const& with, context& asked, logs_args args) {
    auto const found = co_await meant_run(with, asked, args.run);
    if (!found) co_return found.error();
    auto const title = runs::title_of(*found);
    if (found->id.empty()) co_return base::error(base::error_kind::not_found, title + " has no log: " + runs::summary_of(*found, {}));
    auto* const server = with.ci.server(found->server);
    auto* const facet = server ? server->log_facet() : nullptr;
    if (!facet) co_return base::error(base::error_kind::unsupported, "CI `" + found->server + "` does not give out logs.");
    auto const chunk = co_await guarded(facet->tail(found->id, lines_on_demand), base::error_kind::internal);
    if (!chunk) co_return chunk.error();
    auto text = runs::log_text(chunk->lines, lines_on_demand);
    if (text.empty()) co_return view::of_text(title + " has written nothing" + (found->open ? " yet." : "."));
    view out;
    out.add(paragraph{line{strong(title), span(", the last lines:")}});
    out.add(code_block{std::move(text)});
    co_return out;
}

}  // namespace

command logs_command(services const& with) {
    return declare<logs_args>("logs", "Show the end of a run's log")
        .arg("run", &logs_args::run, "its number; left out: the last one of this room")
        .group("Look")
        .alias("log")
        .example("logs")
        .example("logs 3")
        .does([&with](context& asked, logs_args args) { return logs(with, asked, args); });
}

}  // namespace chatrixcd::chatops::commands
