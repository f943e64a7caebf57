// SPDX-License-Identifier: Apache-2.0
#include "http/connector.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "http/socket_options.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using addresses = std::vector<tcp::endpoint>;

// The lookup itself cannot be cancelled: it is left to end by itself, with what it needs.
struct lookup {
    explicit lookup(asio::any_io_executor const& executor) : resolver(executor), ended(executor) {}
    tcp::resolver resolver;
    notifier ended;
    bool done = false;
    boost::system::error_code failure;
    addresses found;
};

asio::awaitable<result<addresses>> look_up(asio::any_io_executor executor, std::string host, std::uint16_t port) {
    boost::system::error_code not_an_address;
    auto const literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return addresses(1, tcp::endpoint(literal, port));

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

asio::awaitable<boost::system::error_code> open_socket(tcp::socket& socket, tcp::endpoint address) {
    boost::system::error_code unusable;
    socket.open(address.protocol(), unusable);
    if (unusable) co_return unusable;
    close_on_exec(socket.native_handle());
    auto [failure] = co_await socket.async_connect(address, asio::as_tuple(asio::use_awaitable));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    if (!failure) send_at_once(socket);
    co_return failure;
}

}  // namespace

connector::connector(asio::any_io_executor executor, clock& time, tls_files const& files) : executor_(std::move(executor)), time_(time) {
    if (files.any()) trust_ = make_tls_trust(files);
}

asio::awaitable<result<std::unique_ptr<byte_stream>>> connector::connect(origin where, duration limit) {
    auto opened = co_await with_timeout(time_, open(where, limit), limit);
    if (opened) co_return std::move(*opened);
    co_return error(error_kind::unavailable, where.host + " did not accept a connection in " + std::to_string(limit.count()) + " ms");
}

asio::awaitable<result<std::unique_ptr<byte_stream>>> connector::open(origin where, duration limit) {
    auto const deadline = time_.uptime() + limit;
    auto found = co_await look_up(executor_, where.host, where.port);
    if (!found) co_return found.error();
    boost::system::error_code failure = asio::error::host_not_found;
    for (std::size_t i = 0; i < found->size(); ++i) {
        // An address that does not answer must leave time for those behind it.
        auto const left = static_cast<duration::rep>(found->size() - i);
        auto const share = std::max(duration(1), (deadline - time_.uptime()) / left);
        tcp::socket socket(executor_);
        auto const tried = co_await with_timeout(time_, open_socket(socket, (*found)[i]), share);
        failure = tried.value_or(asio::error::timed_out);
        if (failure) continue;
        if (!where.tls) co_return make_plain_stream(std::move(socket));
        if (!trust_) trust_ = make_tls_trust({});
        auto secured = co_await trust_->connect(std::move(socket), where.host);
        co_return std::move(secured);
    }
    co_return error(error_kind::unavailable,
                    where.host + " port " + std::to_string(where.port) + " cannot be reached: " + failure.message());
}

}  // namespace chatrixcd::base::http
