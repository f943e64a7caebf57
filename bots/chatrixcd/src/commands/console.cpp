// SPDX-License-Identifier: Apache-2.0
#include "commands/console.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/chatops/adapters/console.hpp>
#include <iostream>
#include <optional>

#include "commands/run.hpp"
#include "config/read.hpp"
#include "config/secrets.hpp"
#include "line_reader.hpp"
#include "store_key.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using chatops::adapters::console_options;
using service = chatops::adapters::console;

// Ends the bot once nothing was shown for a second and no run is open: what was typed last has then been answered.
awaitable<void> read_commands(asio::any_io_executor executor, base::clock& time, service& chat, running_bot& bot,
                              std::size_t const& shown) {
    line_reader input(executor);
    for (;;) {
        auto line = co_await input.next();
        if (!line) break;
        if (!line->empty()) chat.say(*line);
    }
    for (;;) {
        std::size_t const before = shown;
        co_await time.sleep(std::chrono::seconds(1));
        if (shown == before && !bot.has_open_runs()) break;
    }
    bot.request_stop();
}

awaitable<void> stop_at_signal(asio::any_io_executor executor, running_bot& bot) {
    co_await base::wait_for_stop_signal(executor);
    bot.request_stop();
}

awaitable<void> converse(surroundings around, config settings, environment variables, std::optional<base::error>& failure) {
    auto const store_key = co_await read_store_key(around.executor, settings.matrix, variables);
    if (!store_key) {
        failure = store_key.error();
        co_return;
    }
    auto const tokens = co_await read_server_secrets(around.executor, settings, std::move(variables));
    if (!tokens) {
        failure = tokens.error();
        co_return;
    }
    std::size_t shown = 0;
    console_options how;
    service chat(around.executor, *around.time, how, [&shown](std::string text) {
        ++shown;
        std::cout << text << std::flush;
    });
    settings.bot.admin_users = {how.user};
    settings.bot.allowed_rooms = {how.room};
    running_bot bot(around, settings, chat, *store_key);
    base::task_group tasks(around.executor, [&bot](std::exception_ptr) { bot.request_stop(); });
    base::result<void> outcome = co_await bot.start();
    if (outcome) {
        tasks.spawn(read_commands(around.executor, *around.time, chat, bot, shown));
        tasks.spawn(stop_at_signal(around.executor, bot));
        outcome = co_await bot.run();
    }
    tasks.cancel();
    co_await tasks.join();
    co_await bot.stop();
    if (!outcome) failure = outcome.error();
}

}  // namespace

exit_code console(console_command const& asked, environment variables) {
    loaded_config loaded = read_config(asked.config, variables, /*needs_account=*/false);
    if (!report(loaded, std::cerr)) return exit_code::usage;
    asio::io_context loop(1);
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    auto network = base::http::make_client(loop.get_executor());
    base::logger log(make_log_sink(loaded.values), *time, base::log_level::warning);
    std::optional<base::error> failure;
    std::exception_ptr broken;
    surroundings around(loop.get_executor(), *time, *entropy, *network, log);
    around.http.proxy = base::http::proxy_settings::from_environment(variables).value();
    asio::co_spawn(loop, converse(std::move(around), loaded.values, std::move(variables), failure),
                   [&broken](std::exception_ptr e) { broken = e; });
    loop.run();
    if (broken) std::rethrow_exception(broken);
    if (!failure) return exit_code::success;
    std::cerr << "error: " << failure->describe() << '\n';
    return exit_code_of(*failure);
}

}  // namespace chatrixcd::bot
