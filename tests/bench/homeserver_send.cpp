// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <exception>
#include <memory>

#include "support/run_coroutine.hpp"

namespace {

namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace homeserver = chatrixcd::homeserver;
using boost::asio::awaitable;

awaitable<std::string> make_room(homeserver::server& server, std::string token) {
    http::request create(http::method::post, "/_matrix/client/v3/createRoom");
    create.body = "{}";
    create.headers.set("Authorization", "Bearer " + token);
    auto answer = co_await server.handle(std::move(create));
    co_return std::string(boost::json::parse(answer.body).at("room_id").as_string());
}

awaitable<void> send(homeserver::server& server, std::string token, std::string room, std::int64_t number) {
    std::string const path = "/_matrix/client/v3/rooms/" + base::percent_encode(room) + "/send/m.room.message/" + std::to_string(number);
    http::request put(http::method::put, path);
    put.body = R"({"msgtype":"m.text","body":"hello"})";
    put.headers.set("Authorization", "Bearer " + token);
    auto answer = co_await server.handle(std::move(put));
    if (answer.status != 200) throw std::runtime_error(answer.body);
}

// A homeserver with somebody in a room of it.
struct scene {
    explicit scene(std::string const& path) : time(base::make_system_clock()), entropy(base::make_system_random()) {
        homeserver::server_options options(*time, *entropy);
        options.store_path = path;
        if (path.empty()) options.make_runner = base::make_inline_store_runner;
        server = chatrixcd::test::run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(options))).value();
        auto user = chatrixcd::test::run_coroutine(loop, server->register_user("ann", base::secret("secret-1"))).value();
        token = user.access_token.reveal();
        room = chatrixcd::test::run_coroutine(loop, make_room(*server, token));
    }
    ~scene() { chatrixcd::test::run_coroutine<void>(loop, server->stop()); }

    boost::asio::io_context loop{1};
    std::unique_ptr<base::clock> time;
    std::unique_ptr<base::random> entropy;
    std::unique_ptr<homeserver::server> server;
    std::string token;
    std::string room;
    std::int64_t number = 0;
};

// A message into a room of an embedded homeserver in memory: auth rules, hash, signature, storage, streams.
void send_in_memory(benchmark::State& state) {
    scene at("");
    for (auto _ : state) chatrixcd::test::run_coroutine<void>(at.loop, send(*at.server, at.token, at.room, ++at.number));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(send_in_memory)->Unit(benchmark::kMicrosecond)->UseRealTime();

// As above, on disk, from so many senders at once: each waits for its own answer, which leaves after the commit that it shares.
void send_durably(benchmark::State& state) {
    base::temporary_folder const folder("chatrixcd-bench-");
    scene at(folder.path() + "/homeserver.db");
    auto const work = boost::asio::make_work_guard(at.loop);
    auto const senders = state.range(0);
    for (auto _ : state) {
        at.loop.restart();
        auto under_way = senders;
        for (std::int64_t i = 0; i < senders; ++i) {
            boost::asio::co_spawn(at.loop, send(*at.server, at.token, at.room, ++at.number), [&under_way](std::exception_ptr failure) {
                if (failure) std::rethrow_exception(failure);
                --under_way;
            });
        }
        while (under_way > 0) at.loop.run_one();
    }
    state.SetItemsProcessed(state.iterations() * senders);
}
BENCHMARK(send_durably)->Arg(1)->Arg(16)->Unit(benchmark::kMicrosecond)->UseRealTime();

// From nothing to a server that answers: an existing store, as at every start but the first.
void open_an_existing_store(benchmark::State& state) {
    base::temporary_folder const folder("chatrixcd-bench-");
    auto const path = folder.path() + "/homeserver.db";
    { scene const first(path); }
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    boost::asio::io_context loop(1);
    for (auto _ : state) {
        homeserver::server_options options(*time, *entropy);
        options.store_path = path;
        auto server = chatrixcd::test::run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(options))).value();
        chatrixcd::test::run_coroutine<void>(loop, server->stop());
    }
}
BENCHMARK(open_an_existing_store)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
