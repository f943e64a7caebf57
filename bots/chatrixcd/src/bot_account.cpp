// SPDX-License-Identifier: Apache-2.0
#include "bot_account.hpp"

#include <algorithm>
#include <chatrixcd/chatops/adapters/matrix.hpp>
#include <functional>
#include <utility>

namespace chatrixcd::bot {

namespace {

using boost::asio::awaitable;

// A message for the bot begins with its prefix; nothing else is even stored.
std::function<bool(std::string const&, std::string const&)> addressed_by(std::string prefix) {
    return [prefix = std::move(prefix)](std::string const&, std::string const& text) {
        std::size_t const start = text.find_first_not_of(" \t");
        return start != std::string::npos && text.compare(start, prefix.size(), prefix) == 0;
    };
}

matrix::options options_of(surroundings const& around, config const& settings, account_secrets const& secrets) {
    auto options = matrix_options(around, settings.matrix);
    options.store_key(secrets.store_key);
    if (secrets.recovery) options.recovery(*secrets.recovery);
    // Whose commands are to be run: others may say what they like to one another.
    options.unreadable_matters([rooms = settings.bot.allowed_rooms, people = settings.bot.admin_users](matrix::room_id const& room,
                                                                                                       matrix::user_id const& sender) {
        return std::ranges::find(rooms, room.str()) != rooms.end() && std::ranges::find(people, sender.str()) != people.end();
    });
    if (!settings.matrix.pinned_rooms.empty()) {
        options.pinned_members([rooms = settings.matrix.pinned_rooms](matrix::room_id const& room) {
            return std::ranges::find(rooms, room.str()) != rooms.end();
        });
    }
    return options;
}

}  // namespace

bot_account::bot_account(surroundings const& around, config const& settings, account_secrets const& secrets)
    : admins_(settings.bot.admin_users),
      log_(around.log.named("bot")),
      client_(around.executor, options_of(around, settings, secrets)),
      newcomers_(client_, settings, around.log.named("members")) {
    client_.on_gap_lost([this](matrix::room room, std::string reason) { return tell_of_gap(std::move(room), std::move(reason)); });
    client_.on_invite([this](matrix::invite invitation) { return answer_invitation(std::move(invitation)); });
    chatops::matrix_service_options how;
    how.accept = addressed_by(settings.bot.command_prefix);
    chat_ = chatops::make_matrix_service(client_, std::move(how));
}

awaitable<void> bot_account::answer_invitation(matrix::invite invitation) {
    std::string const sender = invitation.sender().str();
    std::string const room = invitation.room().str();
    if (std::find(admins_.begin(), admins_.end(), sender) == admins_.end()) {
        log_.warning("invitation not followed: its sender is not in bot.admin_users", {{"sender", sender}, {"room", room}});
        co_return;
    }
    auto joined = co_await invitation.accept();
    if (joined) {
        log_.info("joined a room", {{"room", room}, {"invited_by", sender}});
    } else {
        log_.warning("could not join a room", {{"room", room}, {"why", joined.error().describe()}});
    }
}

// Commands that we were never given cannot be run: whoever sent them must know.
awaitable<void> bot_account::tell_of_gap(matrix::room room, std::string reason) {
    std::string const words =
        "Some messages of this room never reached me (" + reason + "). Commands among them were not run: please send them again.";
    auto told = co_await room.send(matrix::outgoing::notice(words));
    if (!told) log_.warning("a room could not be told of lost messages", {{"room", room.id().str()}, {"why", told.error().describe()}});
}

}  // namespace chatrixcd::bot
