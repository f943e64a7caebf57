// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "commands/run_number.hpp"
#include "commands/services.hpp"
#include "runs/card_view.hpp"

namespace chatrixcd::chatops::commands {

namespace {

struct status_args {
    std::optional<run_number> run;
};

boost::asio::awaitable<result<view>> status(services const& with, context& asked, status_args args) {
    auto const found = co_await meant_run(with, asked, args.run);
    if (!found) co_return found.error();
    runs::passing_news news;
    news.silent_since = with.shown.silent_since(found->server);
    co_return view().with(runs::card_of(*found, news, asked.prefix()));
}

}  // namespace

command status_command(services const& with) {
    return declare<status_args>("status", "Show how a run stands")
        .arg("run", &status_args::run, "its number; left out: the last one of this room")
        .group("Look")
        .example("status")
        .example("status 3")
        .does([&with](context& asked, status_args args) { return status(with, asked, args); });
}

}  // namespace chatrixcd::chatops::commands
