// SPDX-License-Identifier: Apache-2.0
#include "commands/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/text.hpp>
#include <chatrixcd/matrix/client.hpp>
#include <iostream>
#include <optional>

#include "config/read.hpp"
#include "config/safety.hpp"
#include "config/secrets.hpp"
#include "version.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

awaitable<base::result<std::shared_ptr<matrix::token_source>>> make_tokens(asio::any_io_executor executor, matrix_config const& settings,
                                                                           environment variables) {
    auto user = matrix::user_id::parse(settings.user_id);
    if (!user) co_return base::error(base::error_kind::invalid, "matrix.user_id: " + user.error().message());
    if (settings.access_token.from != secret_source::kind::none) {
        auto token = co_await read_secret(executor, settings.access_token, "matrix.access_token", variables);
        if (!token) co_return token.error();
        co_return matrix::login::token(std::move(*token), std::move(*user));
    }
    auto password = co_await read_secret(executor, settings.password, "matrix.password", variables);
    if (!password) co_return password.error();
    co_return matrix::login::password(std::move(*user), std::move(*password));
}

awaitable<void> stop_at_signal(asio::any_io_executor executor, running_bot& bot, base::logger log) {
    int const number = co_await base::wait_for_stop_signal(executor);
    log.info("stopping", {{"signal", std::int64_t{number}}});
    bot.request_stop();
}

// The whole life: an error is why it ended.
awaitable<base::result<void>> live(surroundings around, config settings, environment variables) {
    auto tokens = co_await make_tokens(around.executor, settings.matrix, variables);
    if (!tokens) co_return tokens.error();
    auto const ci_tokens = co_await read_tokens(around.executor, settings, std::move(variables));
    if (!ci_tokens) co_return ci_tokens.error();
    base::logger const log = around.log.named("bot");
    running_bot bot(around, settings, *tokens);
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

    asio::io_context loop(1);
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    base::logger log;
    if (loaded.values.bot.verbosity != "silent") log = base::logger(make_log_sink(loaded.values), *time, least_level(loaded.values));
    base::http::client_options http;
    http.user_agent = std::string("chatrixcd/") + version;
    http.ca_file = loaded.values.matrix.ca_file;
    http.certificate_file = loaded.values.matrix.client_certificate;
    http.key_file = loaded.values.matrix.client_key;
    http.proxy = base::http::proxy_settings::from_environment(variables).value();
    auto network = base::http::make_client(loop.get_executor(), http, log.named("http"));
    surroundings around(loop.get_executor(), *time, *entropy, *network, log);
    around.http.user_agent = http.user_agent;
    around.http.proxy = http.proxy;

    std::optional<base::result<void>> outcome;
    std::exception_ptr failure;
    asio::co_spawn(loop, keep_outcome(live(std::move(around), loaded.values, std::move(variables)), outcome),
                   [&failure](std::exception_ptr e) { failure = e; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    if (*outcome) return exit_code::success;
    std::cerr << "error: " << outcome->error().describe() << '\n';
    return exit_code_of(outcome->error());
}

}  // namespace chatrixcd::bot
