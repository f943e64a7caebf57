// SPDX-License-Identifier: Apache-2.0
// examples/echo_bot.cpp with encryption: answers "echo: …", files with files (mirror.hpp), and says on its output what it believes of
// whom it heard. Variables as there; with MATRIX_UNSIGNED_DEVICES devices get keys that nobody vouches for, MATRIX_RECOVERY_KEY is the
// account's, with MATRIX_DELIVER_OLD it answers what was said before it came, too, with MATRIX_STALL_UPLOADS no upload ends, and with
// MATRIX_QR_CODES people verify it by QR codes (screen.hpp) instead of emoji.
#include <chatrixcd/matrix/bot.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "mirror.hpp"
#include "screen.hpp"

namespace matrix = chatrixcd::matrix;
using boost::asio::awaitable;

namespace {

awaitable<void> join(matrix::invite i) { (co_await i.accept()).value(); }

awaitable<void> echo(matrix::client& client, std::shared_ptr<screen> watched, matrix::message m, bool stalls) {
    auto const& trust = m.trust();
    std::cout << "heard \"" << m.text() << "\" encrypted=" << trust.encrypted << " device=" << trust.device.str()
              << " cross_signed=" << trust.cross_signed << " user_verified=" << trust.user_verified << " late=" << trust.late
              << " source=" << static_cast<int>(trust.source) << std::endl;
    auto sent = matrix::attachment_of(m.source());
    if (sent) co_return co_await mirror(client, std::move(m), std::move(*sent), stalls);
    co_await watched->look_at(m.text());
    auto answer = matrix::outgoing::text("echo: " + m.text());
    (co_await m.reply(std::move(answer))).value();
}

// Whoever runs the test compares what both sides print.
awaitable<void> verify(matrix::verification asked) {
    auto const codes = (co_await asked.codes()).value();
    std::cout << "codes";
    for (auto const& each : codes.emoji) std::cout << ' ' << each.name;
    std::cout << "\nnumbers";
    for (auto const each : codes.numbers) std::cout << ' ' << each;
    std::cout << std::endl;
    auto const proof = (co_await asked.confirm()).value();
    std::cout << "verified " << asked.user().str() << " identity=" << proof.identity << std::endl;
}

awaitable<void> bot(matrix::client& client) {
    client.on_invite(join);
    auto const watched = std::make_shared<screen>();
    bool const has_qr_codes = std::getenv("MATRIX_QR_CODES") != nullptr;
    client.on_verification([watched, has_qr_codes](matrix::verification asked) {
        return has_qr_codes ? watched->show(std::move(asked)) : verify(std::move(asked));
    });
    bool const stalls = std::getenv("MATRIX_STALL_UPLOADS") != nullptr;
    // A request for verification is a message, too, and is answered elsewhere.
    client.deliver_if([](matrix::room_id const&, matrix::event const& e) {
        return matrix::is_text_message(e) || (matrix::is_message(e) && e.content_text("msgtype") == "m.file");
    });
    client.on_message([&client, watched, stalls](matrix::message m) { return echo(client, watched, std::move(m), stalls); });
    auto const user = matrix::user_id(matrix::from_env("MATRIX_USER"));
    (co_await client.start(matrix::login::password(user, matrix::secret::from_env("MATRIX_PASSWORD")))).value();
    (co_await client.synced()).value();
    auto const identity = (co_await client.identity()).value();
    std::cout << "identity cross_signed=" << identity.is_cross_signed << " recoverable=" << identity.is_recoverable << std::endl;
    auto const backup = (co_await client.backup()).value();
    std::cout << "backup version=" << backup.version << " vouched_by=" << static_cast<int>(backup.vouched_by) << std::endl;
    std::cout << "ready " << client.device().str() << std::endl;
    co_await client.run();
}

matrix::options setup() {
    matrix::options how;
    how.homeserver(matrix::from_env("MATRIX_HOMESERVER")).store(matrix::from_env("MATRIX_STORE")).encryption(true);
    if (std::getenv("MATRIX_QR_CODES") != nullptr) how.qr_codes(/*shows=*/true, /*scans=*/true);
    if (std::getenv("MATRIX_UNSIGNED_DEVICES") != nullptr) how.unsigned_devices([](matrix::room_id const&) { return true; });
    if (std::getenv("MATRIX_DELIVER_OLD") != nullptr) how.at_first_start(matrix::first_start::deliver_old);
    if (std::getenv("MATRIX_RECOVERY_KEY") != nullptr) {
        how.recovery(matrix::recovery_key::parse(matrix::secret::from_env("MATRIX_RECOVERY_KEY")).value());
    }
    return how;
}

}  // namespace

int main() { return matrix::run_bot(setup, bot); }
