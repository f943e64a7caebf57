// SPDX-License-Identifier: Apache-2.0
// Kicks, bans and unbans on the word of one moderator, in the rooms that it is invited to: "!kick @troll:example.org too loud". It needs
// the power for that in the room. From the environment: what examples/echo_bot.cpp takes, and MODERATOR, a user id.
#include <chatrixcd/matrix/bot.hpp>
#include <chatrixcd/matrix/moderation.hpp>
#include <sstream>
namespace matrix = chatrixcd::matrix;
using boost::asio::awaitable;

namespace {

awaitable<void> join(matrix::invite i) { (co_await i.accept()).value(); }

awaitable<matrix::result<void>> carry_out(matrix::moderation in, std::string order, matrix::user_id whom, std::string reason) {
    if (order == "!kick") co_return co_await in.kick(whom, reason);
    if (order == "!ban") co_return co_await in.ban(whom, reason);
    co_return co_await in.unban(whom, reason);
}

// May run again after a crash: then the homeserver refuses the second kick, and nothing changes.
awaitable<void> obey(matrix::user_id moderator, matrix::message m) {
    std::istringstream words(m.text());
    std::string order;
    std::string name;
    std::string reason;
    words >> order >> name;
    std::getline(words >> std::ws, reason);
    bool const known = order == "!kick" || order == "!ban" || order == "!unban";
    if (!known || m.sender() != moderator) co_return;
    auto const whom = matrix::user_id::parse(name);
    if (!whom) {
        (co_await m.reply("Whom? " + order + " @user:server reason")).value();
        co_return;
    }
    auto const done = co_await carry_out(m.room().moderation(), order, *whom, reason);
    if (done) {
        (co_await m.react("✅")).value();
    } else {
        (co_await m.reply(done.error().describe())).value();
    }
}

awaitable<void> bot(matrix::client& client) {
    auto const moderator = matrix::user_id(matrix::from_env("MODERATOR"));
    client.on_invite(join);
    client.on_message([moderator](matrix::message m) { return obey(moderator, std::move(m)); });
    auto const user = matrix::user_id(matrix::from_env("MATRIX_USER"));
    (co_await client.start(matrix::login::password(user, matrix::secret::from_env("MATRIX_PASSWORD")))).value();
    co_await client.run();
}

matrix::options setup() {
    return matrix::options().homeserver(matrix::from_env("MATRIX_HOMESERVER")).store(matrix::from_env("MATRIX_STORE"));
}

}  // namespace

int main() { return matrix::run_bot(setup, bot); }
