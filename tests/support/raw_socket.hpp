// SPDX-License-Identifier: Apache-2.0
// Sockets on loopback for tests of what speaks HTTP: a client that sends any bytes, and a server that follows a script.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatrixcd::test {

// One end of a connection. Ends and errors of the other side are no exceptions: reading just gives no more.
class raw_peer {
public:
    using tcp = boost::asio::ip::tcp;
    explicit raw_peer(tcp::socket socket) : socket_(std::move(socket)) { socket_.set_option(tcp::no_delay(true)); }

    static boost::asio::awaitable<raw_peer> connect(boost::asio::io_context& loop, std::uint16_t port) {
        tcp::socket socket(loop);
        tcp::endpoint const where(boost::asio::ip::address_v4::loopback(), port);
        co_await socket.async_connect(where, boost::asio::use_awaitable);
        co_return raw_peer(std::move(socket));
    }

    boost::asio::awaitable<void> send(std::string bytes) {
        co_await boost::asio::async_write(socket_, boost::asio::buffer(bytes), boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    // A byte a packet, as far as the system lets us say so.
    boost::asio::awaitable<void> send_in_bytes(std::string bytes) {
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto piece = bytes.substr(i, 1);
            co_await send(std::move(piece));
        }
    }
    // Up to and with `mark`; what came, if the connection ended before.
    boost::asio::awaitable<std::string> read_until(std::string mark) {
        while (received_.find(mark) == std::string::npos) {
            if (!co_await read_more()) break;
        }
        auto const at = received_.find(mark);
        co_return take(at == std::string::npos ? received_.size() : at + mark.size());
    }
    // A message with a Content-Length or no body, as it came; empty if none comes.
    boost::asio::awaitable<std::string> read_message() {
        auto message = co_await read_until("\r\n\r\n");
        auto const at = message.find("Content-Length: ");
        std::size_t const length = at == std::string::npos ? 0 : std::strtoul(message.c_str() + at + 16, nullptr, 10);
        while (received_.size() < length) {
            if (!co_await read_more()) break;
        }
        message += take(std::min(length, received_.size()));
        co_return message;
    }
    // What comes next, at most `most` bytes; empty at the end.
    boost::asio::awaitable<std::string> read_some(std::size_t most) {
        if (received_.empty()) co_await read_more();
        co_return take(std::min(most, received_.size()));
    }
    boost::asio::awaitable<std::string> read_to_end() {
        bool more = true;
        while (more) more = co_await read_more();
        co_return take(received_.size());
    }
    // Reads nothing; returns when the other side has closed the connection or reset it.
    boost::asio::awaitable<void> wait_for_end() {
        co_await socket_.async_wait(tcp::socket::wait_error, boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    void close() { socket_.close(); }
    // Ends both directions, and what waits on them.
    void end() {
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
    }

private:
    boost::asio::awaitable<bool> read_more() {
        std::string piece(4096, '\0');
        auto [failure, count] =
            co_await socket_.async_read_some(boost::asio::buffer(piece), boost::asio::as_tuple(boost::asio::use_awaitable));
        received_.append(piece, 0, count);
        co_return !failure;
    }
    std::string take(std::size_t count) {
        auto const piece = received_.substr(0, count);
        received_.erase(0, count);
        return piece;
    }

    tcp::socket socket_;
    std::string received_;
};

// Accepts on a free port; the n-th connection is served by the n-th script, or by the last, and closed after it.
class scripted_server {
public:
    using script = std::function<boost::asio::awaitable<void>(raw_peer&)>;

    scripted_server(boost::asio::io_context& loop, std::vector<script> scripts) : state_(std::make_shared<state>(loop)) {
        state_->scripts = std::move(scripts);
        boost::asio::co_spawn(loop, accept(state_), ignore_end);
    }
    ~scripted_server() {
        boost::system::error_code ignored;
        state_->acceptor.close(ignored);
    }
    scripted_server(scripted_server const&) = delete;
    scripted_server& operator=(scripted_server const&) = delete;

    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    std::string url(std::string const& target) const { return "http://127.0.0.1:" + std::to_string(port()) + target; }
    std::size_t connections() const { return state_->connections; }

private:
    using tcp = boost::asio::ip::tcp;
    struct state {
        explicit state(boost::asio::io_context& loop) : acceptor(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}
        tcp::acceptor acceptor;
        std::vector<script> scripts;
        std::size_t connections = 0;
    };

    // A script that fails closes its connection, which is what a test sees of it.
    static void ignore_end(std::exception_ptr) {}

    static boost::asio::awaitable<void> accept(std::shared_ptr<state> self) {
        while (true) {
            auto socket = co_await self->acceptor.async_accept(boost::asio::use_awaitable);
            auto const turn = std::min(self->connections++, self->scripts.size() - 1);
            auto const executor = self->acceptor.get_executor();
            boost::asio::co_spawn(executor, serve(self, turn, std::move(socket)), ignore_end);
        }
    }
    static boost::asio::awaitable<void> serve(std::shared_ptr<state> self, std::size_t turn, tcp::socket socket) {
        raw_peer peer(std::move(socket));
        co_await self->scripts[turn](peer);
    }

    std::shared_ptr<state> state_;
};

}  // namespace chatrixcd::test
