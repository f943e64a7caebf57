// SPDX-License-Identifier: Apache-2.0
// A test of a bot against a homeserver that misbehaves: no port, no sleep, an hour in less than a second. Ends with 0 if the bot answered
// each question exactly once. docs/homeserver-faults.md goes through it.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/homeserver/testing/faults.hpp>
#include <chatrixcd/homeserver/testing/network.hpp>
#include <chatrixcd/matrix/client.hpp>
#include <cstdlib>
#include <iostream>

namespace base = chatrixcd::base;
namespace homeserver = chatrixcd::homeserver;
namespace matrix = chatrixcd::matrix;
namespace testing = chatrixcd::homeserver::testing;
using boost::asio::awaitable;
using testing::fault;
using namespace std::chrono_literals;

// The bot under test.
awaitable<void> answer(matrix::message m) { (co_await m.reply("re: " + m.text())).value(); }
awaitable<void> join(matrix::invite i) { (co_await i.accept()).value(); }

// Everything that a test needs beside it, on one loop and one virtual clock.
struct world {
    boost::asio::io_context loop{1};
    base::virtual_clock time;
    std::unique_ptr<base::random> dice = base::make_seeded_random(1);
    std::unique_ptr<homeserver::server> server;
    std::unique_ptr<testing::faults> broken;
    testing::network bad{loop.get_executor(), time};
    testing::network good{loop.get_executor(), time};

    std::unique_ptr<matrix::client> client(base::http::transport& network) {
        matrix::options how;
        how.homeserver("http://homeserver").time(time).random(*dice).transport(network);
        how.store_runner(base::make_inline_store_runner);
        return std::make_unique<matrix::client>(loop.get_executor(), how);
    }
};

awaitable<void> open(world& w, std::uint64_t seed) {
    homeserver::server_options how(w.time, *w.dice);
    how.server_name = "test";
    how.make_runner = base::make_inline_store_runner;
    how.password_cost = 1;
    w.server = (co_await homeserver::server::open(w.loop.get_executor(), std::move(how))).value();
    w.broken = std::make_unique<testing::faults>(w.loop.get_executor(), w.time, *w.server, seed);
    w.bad.host("homeserver", *w.broken);
    w.good.host("homeserver", *w.server);
}

awaitable<std::unique_ptr<matrix::client>> log_in(world& w, std::string name, std::unique_ptr<matrix::client> client) {
    (co_await w.server->register_user(name, base::secret("a good password"))).value();
    auto source = matrix::login::password(matrix::user_id("@" + name + ":test"), base::secret("a good password"));
    (co_await client->start(std::move(source))).value();
    co_return std::move(client);
}

void break_things(testing::faults& broken) {
    using base::http::method;
    // The first two messages of the bot are sent, but it never hears so; then its token dies; syncs repeat themselves.
    broken.on(method::put, "/rooms/{room}/send/{type}/{txn}").for_user("@bot:test").times(2).does(fault::drop_after());
    broken.on("/sync").after(3).once().does(fault::unknown_token(/*soft_logout=*/true));
    broken.on("/sync").chance(200).does(fault::stale_position());
    // One request in four meets something else.
    broken.on_everything().chance(250).does_one_of(testing::bad_weather());
}

awaitable<void> scenario(world& w, std::uint64_t seed, std::vector<std::string>& answers) {
    co_await open(w, seed);
    auto bot = w.client(w.bad);
    bot->on_message(answer);
    bot->on_invite(join);
    bot = co_await log_in(w, "bot", std::move(bot));

    auto ann = w.client(w.good);
    // Bots answer with notices, which are not delivered unless somebody asks for them.
    ann->deliver_if([](matrix::room_id const&, matrix::event const& e) { return matrix::is_message(e); });
    ann->on_message([&](matrix::message m) -> awaitable<void> {
        answers.push_back(m.text());
        co_return;
    });
    ann = co_await log_in(w, "ann", std::move(ann));
    auto wish = matrix::new_room().invite(bot->user());
    auto const room = ann->room((co_await ann->create_room(std::move(wish))).value());
    co_await w.time.sleep(1min);

    break_things(*w.broken);
    for (int i = 1; i <= 20; ++i) {
        auto question = matrix::outgoing("question " + std::to_string(i)).as_text();
        (co_await room.send(std::move(question))).value();
        co_await w.time.sleep(3min);
    }
    w.broken->clear();
    co_await w.time.sleep(10min);

    co_await bot->stop();
    co_await ann->stop();
    co_await w.bad.stop();
    co_await w.good.stop();
    co_await w.server->stop();
}

int main(int count, char** arguments) {
    std::uint64_t const seed = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1;
    world w;
    std::vector<std::string> answers;
    bool done = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(w.loop, scenario(w, seed, answers), [&](std::exception_ptr e) {
        failure = e;
        done = true;
    });
    bool const ended = w.time.run_until(w.loop, [&] { return done; });
    if (failure) std::rethrow_exception(failure);

    std::vector<std::string> expected;
    for (int i = 1; i <= 20; ++i) expected.push_back("re: question " + std::to_string(i));
    if (ended && answers == expected) return 0;
    std::cerr << "seed " << seed << " fails: " << answers.size() << " answers of 20\n" << w.broken->story();
    return 1;
}
