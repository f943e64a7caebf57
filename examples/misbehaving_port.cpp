// SPDX-License-Identifier: Apache-2.0
// A homeserver on a port of this machine that misbehaves, for clients in any language: misbehaving_port PORT SEED PER_MILLE.
// Anybody may register there (m.login.dummy); everything is forgotten when it ends.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/homeserver/testing/faults.hpp>
#include <cstdlib>
#include <iostream>

namespace base = chatrixcd::base;
namespace homeserver = chatrixcd::homeserver;
namespace testing = chatrixcd::homeserver::testing;

boost::asio::awaitable<void> serve(boost::asio::any_io_executor executor, unsigned port, std::uint64_t seed, unsigned per_mille) {
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    homeserver::server_options how(*time, *entropy);
    how.open_registration = true;
    auto server = (co_await homeserver::server::open(executor, std::move(how))).value();

    testing::faults broken(executor, *time, *server, seed);
    broken.on_everything().chance(per_mille).does_one_of(testing::bad_weather());
    base::http::server_options where;
    where.port = static_cast<std::uint16_t>(port);
    auto listening = base::http::listen(executor, where, broken).value();
    std::cout << "http://127.0.0.1:" << listening->port() << std::endl;

    co_await base::wait_for_stop_signal(executor);
    co_await listening->stop(std::chrono::milliseconds(0));
    co_await server->stop();
    std::cout << broken.story();
}

int main(int count, char** arguments) {
    auto const number = [&](int i, unsigned otherwise) {
        return count > i ? static_cast<unsigned>(std::strtoul(arguments[i], nullptr, 10)) : otherwise;
    };
    boost::asio::io_context loop(1);
    int code = 0;
    boost::asio::co_spawn(loop, serve(loop.get_executor(), number(1, 0), number(2, 1), number(3, 100)),
                          [&](std::exception_ptr e) { code = e ? 1 : 0; });
    loop.run();
    return code;
}
