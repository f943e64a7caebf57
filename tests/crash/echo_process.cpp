// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "crash/processes.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;

namespace {

class echo_bot {
public:
    echo_bot(stage const& world, mortal& itself, int stop)
        : itself_(itself),
          stop_(loop_, stop),
          sockets_(base::http::make_client(loop_.get_executor())),
          network_(*sockets_, itself),
          account_(loop_.get_executor(), account_options(world)) {}

    int live() {
        account_.on_message([this](matrix::message m) { return answer(std::move(m)); });
        asio::co_spawn(loop_, whole_life(), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
        loop_.run();
        return status_;
    }

private:
    matrix::options account_options(stage const& world) {
        matrix::options how;
        how.homeserver(world.url()).store(world.folder()).transport(network_).store_hooks(itself_.hooks());
        return how;
    }

    asio::awaitable<void> answer(matrix::message m) {
        itself_.reach("before the handler");
        auto const first = co_await m.reply(m.text() + " one");
        first.value();
        itself_.reach("between two answers");
        auto const second = co_await m.reply(m.text() + " two");
        second.value();
        itself_.reach("after the handler");
    }

    asio::awaitable<void> whole_life() {
        auto tokens = matrix::login::password(matrix::user_id(stage::bot), base::secret(stage::password));
        auto const started = co_await account_.start(std::move(tokens));
        if (started) {
            char nothing = 0;
            boost::system::error_code closed;
            co_await stop_.async_read_some(asio::buffer(&nothing, 1), asio::redirect_error(asio::use_awaitable, closed));
        } else {
            std::cerr << "the bot does not start: " << started.error().describe() << '\n';
            status_ = 71;
        }
        co_await account_.stop();
    }

    mortal& itself_;
    asio::io_context loop_{1};
    asio::posix::stream_descriptor stop_;
    std::unique_ptr<base::http::transport> sockets_;
    mortal_network network_;
    matrix::client account_;
    int status_ = 0;
};

}  // namespace

int live_as_echo(stage const& world, mortal& itself, int stop) { return echo_bot(world, itself, stop).live(); }

}  // namespace chatrixcd::test
