// SPDX-License-Identifier: Apache-2.0
#include "doctor/homeserver.hpp"

#include <algorithm>
#include <utility>

#include "account_visit.hpp"
#include "matrix_login.hpp"

namespace chatrixcd::bot {

namespace {

using boost::asio::awaitable;

awaitable<void> examine_account(account_visit& visit, std::shared_ptr<matrix::token_source> tokens, config const& settings,
                                findings& into) {
    auto const at = settings.matrix.user_id + " at " + settings.matrix.homeserver;
    auto const begun = co_await visit.begin(std::move(tokens));
    if (!begun) {
        into.bad(at, begun.error(), exit_code_of(begun.error()));
        into.skipped("rooms");
        co_return;
    }
    into.good("logged in as " + at);
    auto const joined = co_await visit.account().rooms();
    for (auto const& room : settings.bot.allowed_rooms) {
        auto const is_it = [&room](matrix::room_id const& id) { return id.str() == room; };
        if (std::any_of(joined.begin(), joined.end(), is_it)) {
            into.good("in the room " + room);
        } else {
            into.note("not in the room " + room + ": invite " + settings.matrix.user_id + " there, as somebody in bot.admin_users");
        }
    }
}

}  // namespace

awaitable<void> examine_homeserver(surroundings around, config settings, environment variables, findings& into) {
    auto const tokens = co_await make_tokens(around.executor, settings.matrix, variables);
    if (!tokens) {
        into.bad("the account's secret", tokens.error(), exit_code::usage);
        co_return;
    }
    auto const recovery = co_await read_recovery_key(around.executor, settings.matrix, variables);
    if (!recovery) into.bad("the recovery key", recovery.error(), exit_code::usage);
    if (recovery && *recovery) into.good("the recovery key is one");
    account_visit visit(around, settings.matrix);
    co_await examine_account(visit, *tokens, settings, into);
    auto const ended = co_await visit.end();
    if (!ended) into.note("its device for this examination could not be removed: " + ended.error().describe());
}

}  // namespace chatrixcd::bot
