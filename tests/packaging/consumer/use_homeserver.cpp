// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/homeserver/server.hpp>

namespace base = chatrixcd::base;
namespace homeserver = chatrixcd::homeserver;

static boost::asio::awaitable<void> ask(boost::asio::any_io_executor executor, base::clock& time, base::random& entropy, unsigned& status) {
    homeserver::server_options options(time, entropy);
    auto server = co_await homeserver::server::open(executor, std::move(options));
    if (!server) co_return;
    base::http::request versions(base::http::method::get, "/_matrix/client/versions");
    auto answer = co_await (*server)->handle(std::move(versions));
    status = answer.status;
    co_await (*server)->stop();
}

int main() {
    boost::asio::io_context loop(1);
    auto time = base::make_system_clock();
    auto entropy = base::make_system_random();
    unsigned status = 0;
    boost::asio::co_spawn(loop, ask(loop.get_executor(), *time, *entropy, status), [](std::exception_ptr) {});
    loop.run();
    return status == 200 ? 0 : 1;
}
