// SPDX-License-Identifier: Apache-2.0
#include "crash/bot_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>

namespace chatrixcd::test {

namespace asio = boost::asio;

namespace {

constexpr int does_not_start = 71;

matrix::options account_options(stage const& world, mortal& itself, base::http::transport& network) {
    matrix::options how;
    how.homeserver(world.url()).store(world.folder()).transport(network).store_hooks(itself.hooks()).encryption(false);
    return how;
}

}  // namespace

bot_process::bot_process(stage const& world, mortal& itself, int line)
    : itself_(itself),
      line_(loop_, line),
      sockets_(base::http::make_client(loop_.get_executor())),
      network_(*sockets_, itself),
      account_(loop_.get_executor(), account_options(world, itself, network_)) {}

int bot_process::live() {
    asio::co_spawn(loop_, whole_life(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    loop_.run();
    return status_;
}

asio::awaitable<void> bot_process::whole_life() {
    auto tokens = matrix::login::password(matrix::user_id(stage::bot), base::secret(stage::password));
    auto started = co_await account_.start(std::move(tokens));
    if (started) started = co_await begin();
    if (started) {
        char nothing = 0;
        boost::system::error_code closed;
        co_await line_.async_read_some(asio::buffer(&nothing, 1), asio::redirect_error(asio::use_awaitable, closed));
    } else {
        std::cerr << "the bot does not start: " << started.error().describe() << '\n';
        status_ = does_not_start;
    }
    co_await end();
    co_await account_.stop();
    co_await last();
}

}  // namespace chatrixcd::test
