// SPDX-License-Identifier: Apache-2.0
// One accepted connection: reads requests, has them answered, writes the answers, until one side has had enough.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http_connection_fault.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/websocket.hpp>

#include "http/request_reader.hpp"

namespace chatrixcd::base::http {

class server_connection : public std::enable_shared_from_this<server_connection> {
public:
    // What is referred to must outlive run().
    server_connection(boost::asio::ip::tcp::socket socket, server_options const& options, clock& time, handler& answers, logger const& log);

    // Serves until the connection is closed. Cancellation cancels the handler, waits for its end and closes the connection.
    boost::asio::awaitable<void> run();
    // Ends at once if no request is under way, else after its answer.
    void finish();

private:
    struct exchange;

    boost::asio::awaitable<bool> read_request();
    boost::asio::awaitable<std::size_t> read_some();
    boost::asio::awaitable<bool> answer_request();
    boost::asio::awaitable<void> become_websocket(request asked);
    boost::asio::awaitable<bool> write(std::string bytes);
    boost::asio::awaitable<void> refuse(unsigned status);
    static std::optional<connection_fault> fault_in(std::exception_ptr const& failure);
    boost::asio::awaitable<void> misbehave(connection_fault fault, bool with_body);
    boost::asio::awaitable<void> drip(std::string bytes, std::size_t count, std::chrono::milliseconds each);
    void limit_time(std::chrono::milliseconds limit);
    void limit_time(boost::asio::steady_timer::time_point until);
    void stop_alarm();
    void watch_peer(std::shared_ptr<exchange> const& current);
    bool peer_left();
    std::string encode(response const& answer, bool with_body, bool keep_alive) const;

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer alarm_;
    server_options const& options_;
    clock& time_;
    handler& answers_;
    logger const& log_;
    request_reader reader_;
    std::string buffer_;
    std::string remote_;
    websocket* upgraded_ = nullptr;  // while there is one
    bool answering_ = false;
    bool finishing_ = false;
};

}  // namespace chatrixcd::base::http
