// SPDX-License-Identifier: Apache-2.0
#include "commands/hold_session.hpp"

#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <iostream>
#include <optional>
#include <utility>

#include "commands/run.hpp"
#include "line_reader.hpp"
#include "matrix_login.hpp"
#include "outside.hpp"
#include "store_key.hpp"

namespace chatrixcd::bot {
namespace {

using boost::asio::awaitable;

awaitable<void> stop_at_signal(boost::asio::any_io_executor executor, machine_session& session) {
    (void)co_await base::wait_for_stop_signal(executor);
    session.request_stop();
}

awaitable<std::optional<std::string>> typed_line(line_reader& input) {
    input.forget_typed();
    co_return co_await input.next();
}

awaitable<base::result<bool>> hold(surroundings around, config const& settings, environment const& variables, make_session const& make) {
    auto tokens = co_await make_tokens(around.executor, settings.matrix, variables);
    if (!tokens) co_return tokens.error();
    auto recovery = co_await read_recovery_key(around.executor, settings.matrix, variables);
    if (!recovery) co_return recovery.error();
    auto store_key = co_await read_store_key(around.executor, settings.matrix, variables);
    if (!store_key) co_return store_key.error();
    account_secrets const secrets(std::move(*recovery), std::move(*store_key));
    line_reader input(around.executor);
    machine_session::answers const answers = [&input] { return typed_line(input); };
    auto const session = make(around, secrets, answers);
    base::task_group signals(around.executor, [](std::exception_ptr) {});
    signals.spawn(stop_at_signal(around.executor, *session));
    auto outcome = co_await session->run(std::move(*tokens));
    co_await session->stop();
    signals.cancel();
    co_await signals.join();
    co_return outcome;
}

awaitable<void> keep_outcome(awaitable<base::result<bool>> work, std::optional<base::result<bool>>& into) {
    into.emplace(co_await std::move(work));
}

}  // namespace

exit_code hold_session(config const& settings, environment const& variables, base::log_level least, make_session const& make) {
    outside world(settings, variables, make_log_sink(settings), least);
    std::optional<base::result<bool>> outcome;
    world.run(keep_outcome(hold(world.around(), settings, variables, make), outcome));
    if (!*outcome) {
        std::cerr << "error: " << outcome->error().describe() << '\n';
        return exit_code_of(outcome->error());
    }
    return **outcome ? exit_code::success : exit_code::failure;
}

}  // namespace chatrixcd::bot
