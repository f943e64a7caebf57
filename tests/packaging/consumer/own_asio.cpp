// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chatrixcd/matrix/bot.hpp>

int main() {
    boost::asio::io_context loop(1);
    boost::asio::ip::tcp::socket socket(loop);
    chatrixcd::matrix::client client(loop.get_executor(), chatrixcd::matrix::options().homeserver("https://example.org"));
    return socket.is_open() || client.is_running() ? 1 : 0;
}
