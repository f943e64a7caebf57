// SPDX-License-Identifier: Apache-2.0
#include "doctor/homeserver.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <set>
#include <utility>

#include "matrix_login.hpp"

namespace chatrixcd::bot {

namespace {

namespace json = boost::json;
using base::http::method;
using boost::asio::awaitable;

constexpr char const* device_name = "ChatrixCD doctor";
// Always the same: one that was left behind is used again.
constexpr char const* device = "CHATRIXCDDOCTOR";

// The last of the versions that it speaks: they are listed in order.
std::string newest_version(json::object const& versions) {
    auto const* list = base::find_array(versions, "versions");
    if (list == nullptr || list->empty() || !list->back().is_string()) return "of no version";
    return std::string(list->back().get_string());
}

std::set<std::string> rooms_in(json::object const& joined) {
    std::set<std::string> rooms;
    if (auto const* list = base::find_array(joined, "joined_rooms")) {
        for (auto const& room : *list) {
            if (room.is_string()) rooms.emplace(room.get_string());
        }
    }
    return rooms;
}

awaitable<void> examine_rooms(matrix::login_context at, matrix::secret token, config const& settings, findings& into) {
    auto const joined = co_await at.call(method::get, "/_matrix/client/v3/joined_rooms", json::object(), std::move(token));
    if (!joined) {
        into.bad("the account's rooms cannot be listed", joined.error(), exit_code::unreachable);
        co_return;
    }
    auto const rooms = rooms_in(*joined);
    for (auto const& room : settings.bot.allowed_rooms) {
        if (rooms.contains(room)) {
            into.good("in the room " + room);
        } else {
            into.note("not in the room " + room + ": invite " + settings.matrix.user_id + " as somebody in bot.admin_users");
        }
    }
}

// Whose the token is. False if it is not the configuration's user.
awaitable<bool> examine_account(matrix::login_context at, matrix::grant with, config const& settings, findings& into) {
    auto const known = co_await at.call(method::get, "/_matrix/client/v3/account/whoami", json::object(), with.access_token);
    if (!known) {
        into.bad("the account of " + settings.matrix.user_id, known.error(), exit_code_of(known.error()));
        co_return false;
    }
    auto const user = base::find_string(*known, "user_id").value_or(std::string());
    if (user == settings.matrix.user_id) {
        into.good("logged in as " + user);
        co_return true;
    }
    into.bad("the token belongs to " + user + ", and matrix.user_id is " + settings.matrix.user_id, exit_code::login);
    co_return false;
}

}  // namespace

awaitable<void> examine_homeserver(surroundings around, config settings, environment variables, findings& into) {
    auto const tokens = co_await make_tokens(around.executor, settings.matrix, std::move(variables));
    if (!tokens) {
        into.bad("the account's secret", tokens.error(), exit_code::usage);
        co_return;
    }
    matrix::login_context const at(*around.network, settings.matrix.homeserver, matrix::device_id(device), device_name);
    auto const versions = co_await at.call(method::get, "/_matrix/client/versions", json::object(), matrix::secret());
    if (!versions) {
        into.bad("the homeserver " + settings.matrix.homeserver, versions.error(), exit_code::unreachable);
        into.skipped("account and rooms");
        co_return;
    }
    into.good("the homeserver " + settings.matrix.homeserver + " answers (Matrix " + newest_version(*versions) + ")");
    auto const granted = co_await (*tokens)->acquire(at);
    if (!granted) {
        into.bad("logging in as " + settings.matrix.user_id, granted.error(), exit_code_of(granted.error()));
        into.skipped("rooms");
        co_return;
    }
    bool const is_ours = co_await examine_account(at, *granted, settings, into);
    if (is_ours) co_await examine_rooms(at, granted->access_token, settings, into);
    bool const was_made_here = settings.matrix.access_token.from == secret_source::kind::none;
    if (!was_made_here) co_return;
    auto const revoked = co_await (*tokens)->revoke(at, *granted);
    if (!revoked) into.note("the login for this examination could not be ended: remove the device \"" + std::string(device_name) + "\"");
}

}  // namespace chatrixcd::bot
