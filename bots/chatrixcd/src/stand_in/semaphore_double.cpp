// SPDX-License-Identifier: Apache-2.0
#include "stand_in/semaphore_double.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/semaphore/testing/listener.hpp>
#include <exception>
#include <iostream>
#include <optional>

#include "stand_in/sample_templates.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

awaitable<void> serve(asio::any_io_executor executor, semaphore::testing::server& server, semaphore::testing::program_environment seen,
                      listen_address where, std::optional<base::result<void>>& outcome) {
    auto listening = semaphore::testing::listener::open(executor, server, std::move(seen), where.address, where.port);
    if (!listening) {
        outcome.emplace(listening.error());
        co_return;
    }
    std::cout << "ready " << url_at(where, (*listening)->port()) << std::endl;
    co_await base::wait_for_stop_signal(executor);
    co_await (*listening)->stop();
    outcome.emplace();
}

}  // namespace

exit_code semaphore_double(semaphore_double_command const& asked, environment variables) {
    auto const token = base::secret::from_file(asked.token_file);
    if (!token || token->empty()) {
        std::cerr << "error: " << (token ? asked.token_file + " is empty; it must hold a token" : token.error().describe()) << '\n';
        return exit_code::usage;
    }
    auto const time = base::make_system_clock();
    semaphore::testing::server server(*time);
    server.set_token(token->reveal());
    furnish(server);
    semaphore::testing::program_environment seen;
    if (auto path = variables("PATH")) seen.emplace_back("PATH", *path);
    asio::io_context loop(1);
    std::optional<base::result<void>> outcome;
    std::exception_ptr failure;
    asio::co_spawn(loop, serve(loop.get_executor(), server, std::move(seen), asked.where, outcome),
                   [&failure](std::exception_ptr e) { failure = e; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    if (*outcome) return exit_code::success;
    std::cerr << "error: " << outcome->error().describe() << '\n';
    return exit_code_of(outcome->error());
}

}  // namespace chatrixcd::bot
