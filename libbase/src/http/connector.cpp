// SPDX-License-Identifier: Apache-2.0
#include "http/connector.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "http/race.hpp"
#include "http/socket_options.hpp"
#include "http/tunnel.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

// The lookup itself cannot be cancelled: it is left to end by itself, with what it needs.
struct lookup {
    explicit lookup(asio::any_io_executor const& executor) : resolver(executor), ended(executor) {}
    tcp::resolver resolver;
    notifier ended;
    bool done = false;
    boost::system::error_code failure;
    endpoints found;
};

asio::awaitable<result<endpoints>> look_up(asio::any_io_executor executor, std::string host, std::uint16_t port) {
    boost::system::error_code not_an_address;
    auto const literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return endpoints(1, tcp::endpoint(literal, port));

    auto const running = std::make_shared<lookup>(executor);
    auto finished = [running](boost::system::error_code failure, tcp::resolver::results_type const& results) {
        running->failure = failure;
        for (auto const& entry : results) running->found.push_back(entry.endpoint());
        running->done = true;
        running->ended.notify_all();
    };
    running->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service, std::move(finished));
    while (!running->done) co_await running->ended.wait();
    if (running->failure)
        co_return error(error_kind::unavailable, "the host name " + host + " has no address: " + running->failure.message());
    co_return std::move(running->found);
}

asio::awaitable<result<tcp::socket>> dial_address(asio::any_io_executor executor, tcp::endpoint address) {
    tcp::socket socket(executor);
    boost::system::error_code unusable;
    socket.open(address.protocol(), unusable);
    if (unusable) co_return error(error_kind::unavailable, unusable.message());
    close_on_exec(socket.native_handle());
    auto [failure] = co_await socket.async_connect(address, asio::as_tuple(asio::use_awaitable));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    if (failure) co_return error(error_kind::unavailable, failure.message());
    send_at_once(socket);
    co_return std::move(socket);
}

std::string authority_of(std::string const& host, std::uint16_t port) {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

}  // namespace

// How far a connection has come: what it was about when the time was over.
class connector::progress {
public:
    tried_addresses tried;
    std::string missing;  // "did not …"

    std::string text() const {
        auto const addresses = tried.text();
        return missing.empty() && !addresses.empty() ? " (" + addresses + ")" : std::string();
    }
};

connector::connector(asio::any_io_executor executor, clock& time, tls_files const& files, std::string user_agent)
    : executor_(std::move(executor)), time_(time), user_agent_(std::move(user_agent)) {
    if (files.any()) trust_ = make_tls_trust(files);
}

asio::awaitable<result<std::unique_ptr<byte_stream>>> connector::connect(origin where, proxy_server const* proxy, duration limit) {
    progress now;
    auto opened = co_await with_timeout(time_, open(where, proxy, now), limit);
    if (opened) co_return std::move(*opened);
    std::string missing = now.missing;
    if (missing.empty()) missing = (proxy != nullptr ? "the proxy " + proxy->name() : where.host) + " did not accept a connection";
    co_return error(error_kind::unavailable, missing + " in " + std::to_string(limit.count()) + " ms" + now.text());
}

asio::awaitable<result<std::unique_ptr<byte_stream>>> connector::open(origin where, proxy_server const* proxy, progress& now) {
    std::string const host = proxy != nullptr ? proxy->host : where.host;
    std::uint16_t const port = proxy != nullptr ? proxy->port : where.port;
    std::string const peer = proxy != nullptr ? "the proxy " + proxy->name() : host + " port " + std::to_string(port);
    auto found = co_await look_up(executor_, host, port);
    if (!found) co_return found.error();
    dial connect_one = [executor = executor_](tcp::endpoint address) { return dial_address(executor, address); };
    auto addresses = in_turns(*found);
    if (addresses.empty()) co_return error(error_kind::unavailable, "the host name " + host + " has no address");
    auto socket = co_await race(time_, std::move(addresses), std::move(connect_one), now.tried);
    if (!socket) co_return error(error_kind::unavailable, peer + " cannot be reached: " + socket.error().message());
    if (!where.tls) co_return make_plain_stream(std::move(*socket));
    if (proxy != nullptr) {
        auto const target = authority_of(where.host, where.port);
        now.missing = peer + " did not connect to " + target;
        auto const through = co_await open_tunnel(*socket, *proxy, target, user_agent_);
        if (!through) co_return through.error();
    }
    now.missing = where.host + " did not complete the TLS handshake";
    if (!trust_) trust_ = make_tls_trust({});
    auto secured = co_await trust_->connect(std::move(*socket), where.host);
    co_return std::move(secured);
}

}  // namespace chatrixcd::base::http
