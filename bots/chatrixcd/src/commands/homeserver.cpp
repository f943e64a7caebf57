// SPDX-License-Identifier: Apache-2.0
#include "commands/homeserver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/worker_pool.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::size_t most_upload = 50U << 20U;
constexpr std::size_t password_length = 22;

// What everything below stands on.
struct ground {
    asio::any_io_executor executor;
    base::clock* time;
    base::random* entropy;
    base::logger log;
    std::unique_ptr<base::worker_pool> workers;
};

chatrixcd::homeserver::rate_limits usual_limits() {
    chatrixcd::homeserver::rate_limits limits;
    limits.messages = {10, 100};
    limits.rooms = {0.5, 20};
    limits.logins = {0.2, 10};
    limits.media = {5, 50};
    limits.others = {50, 500};
    return limits;
}

chatrixcd::homeserver::server_options options_of(ground const& on, homeserver_command const& asked) {
    chatrixcd::homeserver::server_options options(*on.time, *on.entropy);
    options.server_name = asked.server_name;
    options.store_path = asked.store;
    options.workers = on.workers.get();
    options.password_cost = 15;
    options.open_registration = asked.open_registration;
    options.public_base_url = asked.public_url;
    options.max_upload = most_upload;
    if (asked.rate_limits) options.limits = usual_limits();
    options.log = on.log;
    return options;
}

// Makes the accounts that are not there. A password is drawn and kept in a file beside the store; of a store in memory it is said.
awaitable<base::result<void>> make_accounts(ground& on, homeserver_command const& asked, chatrixcd::homeserver::server& server) {
    for (std::string const& name : asked.accounts) {
        base::secret const password(on.entropy->token(password_length));
        auto made = co_await server.register_user(name, password);
        if (!made && made.error().kind() == base::error_kind::conflict) continue;
        if (!made) co_return made.error();
        if (asked.store.empty()) {
            std::cerr << "account " << made->user.str() << " password " << password.reveal() << std::endl;
            continue;
        }
        std::string const file = asked.store + "-" + name + ".password";
        auto written = base::write_file(file, password.reveal());
        if (!written) co_return written.error();
        std::cerr << "account " << made->user.str() << " password in " << file << std::endl;
    }
    co_return base::result<void>();
}

// Answers until a signal comes.
awaitable<base::result<void>> serve(ground& on, homeserver_command const& asked, chatrixcd::homeserver::server& server,
                                    base::duration begun) {
    base::http::server_options where;
    where.address = asked.where.address;
    where.port = asked.where.port;
    where.max_body = most_upload;
    auto listening = base::http::listen(on.executor, std::move(where), server, on.log.named("http"));
    if (!listening) co_return listening.error();
    auto const listener = std::move(*listening);
    std::cout << "ready " << url_at(asked.where, listener->port()) << std::endl;
    on.log.info("ready", {{"server_name", asked.server_name}, {"ms", (on.time->uptime() - begun).count()}});
    int const number = co_await base::wait_for_stop_signal(on.executor);
    on.log.info("stopping", {{"signal", std::int64_t{number}}});
    co_await server.stop();
    co_await listener->stop(std::chrono::seconds(1));
    co_return base::result<void>();
}

awaitable<base::result<void>> live(ground& on, homeserver_command const& asked) {
    auto const begun = on.time->uptime();
    auto opened = co_await chatrixcd::homeserver::server::open(on.executor, options_of(on, asked));
    if (!opened) co_return opened.error();
    auto const server = std::move(*opened);
    auto outcome = co_await make_accounts(on, asked, *server);
    if (outcome) outcome = co_await serve(on, asked, *server, begun);
    co_await server->stop();
    co_return outcome;
}

awaitable<void> keep_outcome(ground& on, homeserver_command const& asked, std::optional<base::result<void>>& into) {
    into.emplace(co_await live(on, asked));
}

}  // namespace

exit_code homeserver(homeserver_command const& asked) {
    asio::io_context loop(1);
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    base::logger const log(base::make_text_sink(std::cerr), *time, base::log_level::info);
    ground on{loop.get_executor(), time.get(), entropy.get(), log.named("homeserver"), base::make_worker_pool(2)};
    std::optional<base::result<void>> outcome;
    std::exception_ptr failure;
    asio::co_spawn(loop, keep_outcome(on, asked, outcome), [&failure](std::exception_ptr e) { failure = e; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    if (*outcome) return exit_code::success;
    std::cerr << "error: " << outcome->error().describe() << '\n';
    return exit_code_of(outcome->error());
}

}  // namespace chatrixcd::bot
