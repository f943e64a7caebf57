// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "http/server_connection.hpp"
#include "http/socket_options.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

// A machine short of descriptors refuses to accept: asking again at once would only heat it.
constexpr duration accept_pause = std::chrono::milliseconds(100);

class tcp_server final : public server {
public:
    tcp_server(tcp::acceptor acceptor, server_options options, handler& answers, logger log)
        : options_(std::move(options)),
          answers_(answers),
          log_(std::move(log)),
          time_(make_system_clock()),
          acceptor_(std::move(acceptor)),
          port_(acceptor_.local_endpoint().port()),
          changed_(acceptor_.get_executor()),
          tasks_(acceptor_.get_executor(), [this](std::exception_ptr) { log_.error("a connection ended with an exception"); }) {
        tasks_.spawn(accept());
    }

    std::uint16_t port() const noexcept override { return port_; }

    asio::awaitable<void> stop(std::chrono::milliseconds grace) override {
        boost::system::error_code ignored;
        stopping_ = true;
        acceptor_.close(ignored);
        changed_.notify_all();
        auto const open = connections_;
        for (auto const& connection : open) connection->finish();

        auto const throws = co_await asio::this_coro::throw_if_cancelled();
        co_await asio::this_coro::throw_if_cancelled(false);
        task_group alarm(acceptor_.get_executor(), nullptr);
        alarm.spawn(cut_after(grace));
        co_await tasks_.join();
        co_await detail::cancel_and_join(alarm);
        connections_.clear();
        co_await asio::this_coro::throw_if_cancelled(throws);
    }

private:
    using connection_ptr = std::shared_ptr<server_connection>;

    asio::awaitable<void> cut_after(std::chrono::milliseconds grace) {
        co_await time_->sleep(grace);
        tasks_.cancel();
    }

    asio::awaitable<void> accept() {
        while (true) {
            while (!stopping_ && connections_.size() >= options_.max_connections) co_await changed_.wait();
            if (stopping_) co_return;
            auto [failure, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (stopping_) co_return;
            if (failure) {
                log_.warning("a connection could not be accepted", {{"what", failure.message()}});
                co_await time_->sleep(accept_pause);
                continue;
            }
            close_on_exec(socket.native_handle());
            send_at_once(socket);
            auto added = std::make_shared<server_connection>(std::move(socket), options_, *time_, answers_, log_);
            connections_.insert(added);
            tasks_.spawn(serve(std::move(added)));
        }
    }

    asio::awaitable<void> serve(connection_ptr served) {
        std::exception_ptr failure;
        try {
            co_await served->run();
        } catch (...) {
            failure = std::current_exception();
        }
        connections_.erase(served);
        changed_.notify_all();
        if (failure) std::rethrow_exception(failure);
    }

    server_options options_;
    handler& answers_;
    logger log_;
    std::unique_ptr<clock> time_;
    tcp::acceptor acceptor_;
    std::uint16_t port_;
    notifier changed_;
    bool stopping_ = false;
    std::set<connection_ptr> connections_;
    task_group tasks_;
};

}  // namespace

result<std::unique_ptr<server>> listen(asio::any_io_executor executor, server_options options, handler& answers, logger log) {
    boost::system::error_code failure;
    auto const address = asio::ip::make_address(options.address, failure);
    if (failure) return error(error_kind::environment, "\"" + options.address + "\" is not an IP address to listen on");
    tcp::endpoint const place(address, options.port);
    tcp::acceptor acceptor(executor);
    acceptor.open(place.protocol(), failure);
    if (!failure) {
        close_on_exec(acceptor.native_handle());
        acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    }
    if (!failure) acceptor.bind(place, failure);
    if (!failure) acceptor.listen(tcp::acceptor::max_listen_connections, failure);
    if (failure) {
        auto const where = options.address + " port " + std::to_string(options.port);
        return error(error_kind::environment, "cannot listen on " + where + ": " + failure.message());
    }
    return std::make_unique<tcp_server>(std::move(acceptor), std::move(options), answers, std::move(log));
}

}  // namespace chatrixcd::base::http
