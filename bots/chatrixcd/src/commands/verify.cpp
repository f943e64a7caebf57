// SPDX-License-Identifier: Apache-2.0
#include "commands/verify.hpp"

#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <iostream>
#include <optional>
#include <utility>

#include "commands/replace_identity.hpp"
#include "commands/run.hpp"
#include "config/read.hpp"
#include "line_reader.hpp"
#include "matrix_login.hpp"
#include "outside.hpp"
#include "store_key.hpp"
#include "verification/at_machine.hpp"

namespace chatrixcd::bot {
namespace {

using boost::asio::awaitable;

awaitable<void> stop_at_signal(boost::asio::any_io_executor executor, verification_at_machine& session) {
    (void)co_await base::wait_for_stop_signal(executor);
    session.request_stop();
}

awaitable<std::optional<std::string>> typed_line(line_reader& input) {
    input.forget_typed();
    co_return co_await input.next();
}

awaitable<base::result<bool>> live(surroundings around, config settings, environment variables, std::optional<matrix::user_id> whom) {
    auto tokens = co_await make_tokens(around.executor, settings.matrix, variables);
    if (!tokens) co_return tokens.error();
    auto recovery = co_await read_recovery_key(around.executor, settings.matrix, variables);
    if (!recovery) co_return recovery.error();
    auto store_key = co_await read_store_key(around.executor, settings.matrix, std::move(variables));
    if (!store_key) co_return store_key.error();
    account_secrets const secrets(std::move(*recovery), std::move(*store_key));
    line_reader input(around.executor);
    verification_at_machine::answers const answers = [&input] { return typed_line(input); };
    verification_at_machine session(around, std::move(settings), secrets, std::move(whom), answers, std::cout);
    base::task_group signals(around.executor, [](std::exception_ptr) {});
    signals.spawn(stop_at_signal(around.executor, session));
    auto outcome = co_await session.run(std::move(*tokens));
    co_await session.stop();
    signals.cancel();
    co_await signals.join();
    co_return outcome;
}

awaitable<void> keep_outcome(awaitable<base::result<bool>> work, std::optional<base::result<bool>>& into) {
    into.emplace(co_await std::move(work));
}

}  // namespace

exit_code verify(verify_command_line const& asked, environment variables) {
    if (asked.replace_identity) return replace_identity(asked, std::move(variables));
    std::optional<matrix::user_id> whom;
    if (!asked.whom.empty()) {
        auto parsed = matrix::user_id::parse(asked.whom);
        if (!parsed) {
            std::cerr << "error: `" << asked.whom << "` is no Matrix id; write it like @you:example.org\n";
            return exit_code::usage;
        }
        whom = std::move(*parsed);
    }
    loaded_config loaded = read_config(asked.config, variables);
    if (!report(loaded, std::cerr)) return exit_code::usage;
    if (loaded.values.matrix.encryption != "on") {
        std::cerr << "error: encryption is off, so there is nothing to verify: `matrix.encryption: on` switches it on\n";
        return exit_code::usage;
    }
    if (!whom && loaded.values.bot.admin_users.empty()) {
        std::cerr << "error: bot.admin_users is empty, so nobody is waited for; name somebody: chatrixcd verify @you:example.org\n";
        return exit_code::usage;
    }
    // What happens is said on standard output; the log would say it twice.
    outside world(loaded.values, variables, make_log_sink(loaded.values), base::log_level::warning);
    std::optional<base::result<bool>> outcome;
    world.run(keep_outcome(live(world.around(), loaded.values, std::move(variables), std::move(whom)), outcome));
    if (!*outcome) {
        std::cerr << "error: " << outcome->error().describe() << '\n';
        return exit_code_of(outcome->error());
    }
    return **outcome ? exit_code::success : exit_code::failure;
}

}  // namespace chatrixcd::bot
