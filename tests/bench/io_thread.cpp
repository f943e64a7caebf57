// SPDX-License-Identifier: Apache-2.0
// How long the I/O thread is not free while 1,000 devices are asked for and given a room's key: the longest that one handler ran on it.
// Prints name and figure, a line each; the best of several rounds, since whatever else the machine does is in a single one.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "crypto/olm/requests.hpp"
#include "support/crypto_party.hpp"
#include "support/run_coroutine.hpp"

namespace {

using namespace chatrixcd::test;
namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace homeserver = chatrixcd::homeserver;
namespace matrix = chatrixcd::matrix;

constexpr int readers = 1000;
constexpr int rounds = 5;
std::string const wish =
    R"({"preset":"public_chat","initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})";

// A homeserver on a thread of its own, with a room of 1,000 readers, each with a device that has published its keys.
class town {
public:
    town() : time_(base::make_system_clock()), entropy_(base::make_system_random()) {
        homeserver::server_options options(*time_, *entropy_);
        options.make_runner = base::make_inline_store_runner;
        options.password_cost = 1;
        options.server_name = "b";
        server_ = run_coroutine(loop_, homeserver::server::open(loop_.get_executor(), std::move(options))).value();
        bot_ = add("bot");
        room_ = base::find_string(ask(bot_, base::http::method::post, "/createRoom", wish), "room_id").value();
        auto const random = base::make_seeded_random(7);
        auto const olm = matrix::crypto::make_libolm_driver(*random);
        for (int i = 0; i < readers; ++i) settle(*olm, add("reader" + std::to_string(i)));
        listener_ = base::http::listen(loop_.get_executor(), base::http::server_options(), *server_).value();
        loop_.restart();
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~town() {
        asio::co_spawn(loop_, close(), [this](std::exception_ptr) { work_.reset(); });
        thread_.join();
    }
    town(town const&) = delete;
    town& operator=(town const&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_->port()); }
    matrix::user_id const& bot() const { return bot_.user; }
    matrix::room_id room() const { return matrix::room_id(room_); }

private:
    homeserver::registered add(std::string const& localpart) {
        return run_coroutine(loop_, server_->register_user(localpart, base::secret("secret-1"))).value();
    }
    boost::json::object ask(homeserver::registered const& who, base::http::method verb, std::string const& path, std::string body) {
        base::http::request r(verb, "/_matrix/client/v3" + path);
        r.body = std::move(body);
        r.headers.set("Authorization", "Bearer " + who.access_token.reveal());
        auto const answer = run_coroutine(loop_, server_->handle(std::move(r)));
        if (answer.status != 200) throw std::runtime_error(answer.body);
        return base::parse_json_object(answer.body).value();
    }
    void settle(matrix::crypto::driver& olm, homeserver::registered const& who) {
        auto account = olm.make_account();
        account->make_one_time_keys(rounds);
        boost::json::object keys;
        for (auto const& each : account->unpublished_keys())
            keys["signed_curve25519:" + each.id] = matrix::crypto::signed_key(*account, each.key, false, who.user, who.device);
        boost::json::object body;
        body["device_keys"] = matrix::crypto::own_device_keys(*account, who.user, who.device);
        body["one_time_keys"] = std::move(keys);
        ask(who, base::http::method::post, "/keys/upload", boost::json::serialize(body));
        ask(who, base::http::method::post, "/join/" + base::percent_encode(room_), "{}");
    }
    asio::awaitable<void> close() {
        co_await listener_->stop(std::chrono::seconds(1));
        co_await server_->stop();
    }

    asio::io_context loop_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
    std::unique_ptr<base::clock> time_;
    std::unique_ptr<base::random> entropy_;
    std::unique_ptr<homeserver::server> server_;
    std::unique_ptr<base::http::server> listener_;
    homeserver::registered bot_;
    std::string room_;
    std::thread thread_;
};

double milliseconds(clockid_t of) {
    timespec t{};
    clock_gettime(of, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

// The longest that a handler kept the thread, by the clock on the wall and by the thread's own.
struct longest {
    double wall = 0;
    double cpu = 0;
};

// Runs the loop's handlers one by one until `work` has ended.
template <class T>
longest watch(asio::io_context& loop, asio::awaitable<T> work) {
    longest found;
    std::optional<std::exception_ptr> ended;
    asio::co_spawn(loop, std::move(work), [&](std::exception_ptr failure, auto const&...) { ended = failure; });
    while (!ended) {
        auto const wall = milliseconds(CLOCK_MONOTONIC);
        auto const cpu = milliseconds(CLOCK_THREAD_CPUTIME_ID);
        if (loop.poll_one() == 0) {
            std::this_thread::yield();
            continue;
        }
        found.wall = std::max(found.wall, milliseconds(CLOCK_MONOTONIC) - wall);
        found.cpu = std::max(found.cpu, milliseconds(CLOCK_THREAD_CPUTIME_ID) - cpu);
    }
    if (*ended) std::rethrow_exception(*ended);
    return found;
}

asio::awaitable<void> say(matrix::client& bot, matrix::room_id in) {
    (co_await bot.room(in).send(matrix::outgoing::text("deployed"))).value();
    auto const kept = (co_await bot.encryption_figures()).value();
    if (kept.olm_sessions < readers) throw std::runtime_error("not everybody has the key");
}

longest share_with_the_town(town const& of) {
    base::temporary_folder const folder("chatrixcd-bench-");
    asio::io_context loop{1};
    auto const work = asio::make_work_guard(loop);
    matrix::options how;
    how.homeserver(of.url()).store(folder.path()).unsigned_devices([](matrix::room_id const&) { return true; });
    matrix::client bot(loop.get_executor(), std::move(how));
    auto tokens = matrix::login::password(of.bot(), base::secret("secret-1"));
    watch(loop, [](matrix::client& c, std::shared_ptr<matrix::token_source> with) -> asio::awaitable<void> {
        (co_await c.start(std::move(with))).value();
        (co_await c.synced()).value();
    }(bot, std::move(tokens)));
    auto const found = watch(loop, say(bot, of.room()));
    watch(loop, bot.stop());
    return found;
}

}  // namespace

int main() {
    town const of;
    longest best{1e9, 1e9};
    for (int i = 0; i < rounds; ++i) {
        auto const found = share_with_the_town(of);
        best.wall = std::min(best.wall, found.wall);
        best.cpu = std::min(best.cpu, found.cpu);
    }
    std::cout << "io_thread_wall_ms " << best.wall << "\nio_thread_cpu_ms " << best.cpu << '\n';
}
