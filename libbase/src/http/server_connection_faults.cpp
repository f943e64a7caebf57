// SPDX-License-Identifier: Apache-2.0
// How a connection misbehaves when a test asks for it.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/server_connection.hpp"

namespace chatrixcd::base::http {

namespace asio = boost::asio;
using way = connection_fault::way;

std::optional<connection_fault> server_connection::fault_in(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (connection_fault const& e) {
        return e;
    } catch (...) {
        return std::nullopt;
    }
}

// The connection takes no other request after it.
asio::awaitable<void> server_connection::misbehave(connection_fault fault, bool with_body) {
    auto bytes = encode(fault.said, with_body, /*keep_alive=*/false);
    if (fault.how == way::refuse || fault.how == way::reset) {
        boost::system::error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    } else if (fault.how == way::silence) {
        std::size_t heard = 1;
        while (heard > 0) heard = co_await read_some();
    } else if (fault.how == way::truncate) {
        auto const head = bytes.find("\r\n\r\n") + 4;
        bytes.resize(std::min(bytes.size(), head + fault.count));
        co_await write(std::move(bytes));
    } else {
        co_await drip(std::move(bytes), std::max<std::size_t>(fault.count, 1), fault.each);
    }
}

asio::awaitable<void> server_connection::drip(std::string bytes, std::size_t count, std::chrono::milliseconds each) {
    asio::steady_timer pause(socket_.get_executor());
    for (std::size_t sent = 0; sent < bytes.size(); sent += count) {
        auto piece = bytes.substr(sent, count);
        bool const taken = co_await write(std::move(piece));
        if (!taken) co_return;
        stop_alarm();
        pause.expires_after(each);
        auto const [failure] = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        if (failure) co_return;
    }
}

}  // namespace chatrixcd::base::http
