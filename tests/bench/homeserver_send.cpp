// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/homeserver/server.hpp>

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

// A message into a room of an embedded homeserver in memory: auth rules, hash, signature, storage, streams.
void send_in_memory(benchmark::State& state) {
    boost::asio::io_context loop(1);
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    homeserver::server_options options(*time, *entropy);
    options.make_runner = base::make_inline_store_runner;
    auto server = chatrixcd::test::run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(options))).value();
    auto user = chatrixcd::test::run_coroutine(loop, server->register_user("ann", base::secret("secret-1"))).value();
    std::string const token = user.access_token.reveal();
    std::string const room = chatrixcd::test::run_coroutine(loop, make_room(*server, token));
    std::int64_t number = 0;
    for (auto _ : state) chatrixcd::test::run_coroutine<void>(loop, send(*server, token, room, ++number));
    chatrixcd::test::run_coroutine<void>(loop, server->stop());
}
BENCHMARK(send_in_memory)->Unit(benchmark::kMicrosecond);

}  // namespace
