// SPDX-License-Identifier: Apache-2.0
#include "commands/run.hpp"

#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/text.hpp>
#include <iostream>
#include <optional>

#include "config/read.hpp"
#include "config/safety.hpp"
#include "config/secrets.hpp"
#include "matrix_login.hpp"
#include "outside.hpp"
#include "store_key.hpp"
#include "version.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

awaitable<void> stop_at_signal(asio::any_io_executor executor, running_bot& bot, base::logger log) {
    int const number = co_await base::wait_for_stop_signal(executor);
    log.info("stopping", {{"signal", std::int64_t{number}}});
    bot.request_stop();
}

// The whole life: an error is why it ended.
awaitable<base::result<void>> live(surroundings around, config settings, environment variables) {
    auto tokens = co_await make_tokens(around.executor, settings.matrix, variables);
    if (!tokens) co_return tokens.error();
    auto recovery = co_await read_recovery_key(around.executor, settings.matrix, variables);
    if (!recovery) co_return recovery.error();
    auto const store_key = co_await read_store_key(around.executor, settings.matrix, variables);
    if (!store_key) co_return store_key.error();
    auto const ci_tokens = co_await read_server_secrets(around.executor, settings, std::move(variables));
    if (!ci_tokens) co_return ci_tokens.error();
    base::logger const log = around.log.named("bot");
    running_bot bot(around, settings, *tokens, std::move(*recovery), *store_key);
    base::task_group signals(around.executor, [](std::exception_ptr) {});
    signals.spawn(stop_at_signal(around.executor, bot, log));
    base::result<void> outcome = co_await bot.start();
    if (outcome) {
        log.info("ready", {{"version", version}, {"user", settings.matrix.user_id}});
        outcome = co_await bot.run();
    }
    co_await bot.stop();
    signals.cancel();
    co_await signals.join();
    co_return outcome;
}

awaitable<void> keep_outcome(awaitable<base::result<void>> work, std::optional<base::result<void>>& into) {
    into.emplace(co_await std::move(work));
}

}  // namespace

std::shared_ptr<base::log_sink> make_log_sink(config const& settings) {
    return settings.bot.log_format == "json" ? base::make_json_sink(std::cerr) : base::make_text_sink(std::cerr);
}

base::log_level least_level(config const& settings) {
    if (settings.bot.verbosity == "debug") return base::log_level::debug;
    if (settings.bot.verbosity == "info") return base::log_level::info;
    return base::log_level::error;
}

exit_code run(run_command const& asked, environment variables) {
    loaded_config loaded = read_config(asked.config, variables);
    if (!report(loaded, std::cerr)) return exit_code::usage;
    for (std::string const& line : refusals(loaded)) std::cerr << "warning: " << base::text::one_line(line) << '\n';
    for (std::string const& line : exposures(loaded, asked.config.file)) std::cerr << "warning: " << base::text::one_line(line) << '\n';

    auto const sink = loaded.values.bot.verbosity == "silent" ? nullptr : make_log_sink(loaded.values);
    outside world(loaded.values, variables, sink, least_level(loaded.values));
    std::optional<base::result<void>> outcome;
    world.run(keep_outcome(live(world.around(), loaded.values, std::move(variables)), outcome));
    if (*outcome) return exit_code::success;
    std::cerr << "error: " << outcome->error().describe() << '\n';
    return exit_code_of(outcome->error());
}

}  // namespace chatrixcd::bot
