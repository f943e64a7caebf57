// SPDX-License-Identifier: Apache-2.0
// Keeps every file that it is sent in a folder, checked and bounded, and answers "!receipt" with a list of them as a file. From the
// environment: what examples/echo_bot.cpp takes, and MEDIA_FOLDER, which exists.
#include <chatrixcd/matrix/attachment.hpp>
#include <chatrixcd/matrix/bot.hpp>
#include <chatrixcd/matrix/media.hpp>
namespace matrix = chatrixcd::matrix;
using boost::asio::awaitable;

namespace {

awaitable<void> join(matrix::invite i) { (co_await i.accept()).value(); }

// Goes to the disk in pieces of 64 KiB; the file is there when it is whole, or not at all.
awaitable<std::string> keep(matrix::client& client, std::string folder, matrix::attached sent) {
    auto const path = folder + "/" + sent.uri.media_id() + "-" + sent.file_name;
    auto const how = matrix::download().at_most(10U << 20U);
    auto const got = co_await client.media().save(sent.uri, path, how);
    if (!got) co_return got.error().describe();
    co_return sent.file_name + ": " + std::to_string(got->size) + " bytes, SHA-256 " + got->sha256;
}

// The upload may be repeated after a crash; the message has a key of the one that it answers, and appears once.
awaitable<matrix::result<matrix::event_id>> send_receipt(matrix::client& client, matrix::room room, std::string list) {
    auto what = matrix::upload::memory(std::move(list)).type("text/plain").name("receipt.txt");
    auto const done = co_await client.media().upload(std::move(what));
    if (!done) co_return done.error();
    auto shown = matrix::attachment::of(*done).caption("What I have kept");
    co_return co_await room.send_attachment(std::move(shown));
}

// What this process has kept so far.
class keeper {
public:
    keeper(matrix::client& client, std::string folder) : client_(client), folder_(std::move(folder)) {}

    awaitable<void> handle(matrix::message m) {
        if (m.text() == "!receipt") {
            (co_await send_receipt(client_, m.room(), list_)).value();
        } else if (auto const sent = matrix::attachment_of(m.source())) {
            auto const line = co_await keep(client_, folder_, *sent);
            list_ += line + "\n";
            (co_await m.reply(line)).value();
        }
    }

private:
    matrix::client& client_;
    std::string folder_;
    std::string list_;
};

awaitable<void> bot(matrix::client& client) {
    keeper files(client, matrix::from_env("MEDIA_FOLDER"));
    client.on_invite(join);
    client.deliver_if([](matrix::room_id const&, matrix::event const& e) { return matrix::is_message(e); });
    client.on_message([&files](matrix::message m) { return files.handle(std::move(m)); });
    auto const user = matrix::user_id(matrix::from_env("MATRIX_USER"));
    (co_await client.start(matrix::login::password(user, matrix::secret::from_env("MATRIX_PASSWORD")))).value();
    co_await client.run();
}

matrix::options setup() {
    return matrix::options().homeserver(matrix::from_env("MATRIX_HOMESERVER")).store(matrix::from_env("MATRIX_STORE"));
}

}  // namespace

int main() { return matrix::run_bot(setup, bot); }
