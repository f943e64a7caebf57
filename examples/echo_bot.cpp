// SPDX-License-Identifier: Apache-2.0
// Joins every room that it is invited to and answers "echo: …" to each text there. It may be killed at any moment: no message is left
// unanswered, none is answered twice. From the environment: MATRIX_HOMESERVER (URL or server name), MATRIX_USER, MATRIX_PASSWORD, and
// MATRIX_STORE, a folder for what it must remember.
#include <chatrixcd/matrix/bot.hpp>
#include <iostream>
namespace matrix = chatrixcd::matrix;
using boost::asio::awaitable;

awaitable<void> join(matrix::invite i) { (co_await i.accept()).value(); }
awaitable<void> echo(matrix::message m) { (co_await m.reply("echo: " + m.text())).value(); }

awaitable<void> bot(matrix::client& client) {
    client.on_invite(join);
    client.on_message(echo);
    auto const user = matrix::user_id(matrix::from_env("MATRIX_USER"));
    (co_await client.start(matrix::login::password(user, matrix::secret::from_env("MATRIX_PASSWORD")))).value();
    (co_await client.synced()).value();
    std::cout << "ready" << std::endl;
    co_await client.run();
}

matrix::options setup() {
    return matrix::options().homeserver(matrix::from_env("MATRIX_HOMESERVER")).store(matrix::from_env("MATRIX_STORE"));
}
int main() { return matrix::run_bot(setup, bot); }
