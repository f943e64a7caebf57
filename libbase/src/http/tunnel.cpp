// SPDX-License-Identifier: Apache-2.0
#include "http/tunnel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <string_view>
#include <utility>

#include "http/response_reader.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr unsigned proxy_authentication_required = 407;

void throw_if_cancelled(boost::system::error_code const& failure) {
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
}

error failed(proxy_server const& by, std::string const& what) {
    return error(error_kind::unavailable, "the proxy " + by.name() + " " + what);
}

std::string connect_request(proxy_server const& by, std::string const& target, std::string const& user_agent) {
    std::string text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!user_agent.empty()) text += "User-Agent: " + user_agent + "\r\n";
    if (!by.authorization.empty()) text += "Proxy-Authorization: " + by.authorization.reveal() + "\r\n";
    return text + "\r\n";
}

}  // namespace

error proxy_wants_credentials(proxy_server const& by) {
    auto refused = failed(by, by.authorization.empty() ? "wants a user name and a password" : "does not accept the user name or password");
    return std::move(refused)
        .with_status(proxy_authentication_required)
        .with_hint("Set them in the proxy's URL: http://user:password@host:port");
}

asio::awaitable<result<void>> open_tunnel(asio::ip::tcp::socket& socket, proxy_server const& by, std::string target,
                                          std::string user_agent) {
    auto request = connect_request(by, target, user_agent);
    auto [unsent, sent] = co_await asio::async_write(socket, asio::buffer(request), as_result);
    wipe(request);
    throw_if_cancelled(unsent);
    if (unsent) co_return failed(by, "closed the connection: " + unsent.message());
    // The answer to a CONNECT that is granted has no body, and that of another one does not matter.
    response_reader reader(method::head, 0);
    std::string buffer(4096, '\0');
    bool complete = false;
    while (!complete) {
        auto [failure, count] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
        throw_if_cancelled(failure);
        if (failure) co_return failed(by, "closed the connection before it had answered: " + failure.message());
        auto const fed = reader.feed(std::string_view(buffer).substr(0, count));
        if (!fed) co_return failed(by, "did not answer as a proxy does: " + fed.error().message());
        complete = *fed;
    }
    bool const talks = reader.has_bytes_left();
    auto const status = reader.take().status;
    if (status == proxy_authentication_required) co_return proxy_wants_credentials(by);
    if (status < 200 || status > 299) {
        auto refused = failed(by, "does not connect to " + target + ": HTTP " + std::to_string(status));
        co_return std::move(refused).with_status(status);
    }
    // In TLS the client speaks first: these bytes are not from the other end.
    if (talks) co_return failed(by, "sent more than its answer");
    co_return result<void>();
}

}  // namespace chatrixcd::base::http
