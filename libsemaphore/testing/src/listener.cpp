// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/testing/listener.hpp>

#include <exception>
#include <utility>

namespace chatrixcd::semaphore::testing {

listener::listener(boost::asio::any_io_executor executor) : programs_(std::move(executor), [](std::exception_ptr) {}) {}

base::result<std::unique_ptr<listener>> listener::open(boost::asio::any_io_executor executor, server& of, program_environment variables,
                                                       std::string address, std::uint16_t port) {
    base::http::server_options options;
    options.address = std::move(address);
    options.port = port;
    options.websockets = &of.live_handler();
    auto listening = base::http::listen(executor, std::move(options), of.port_handler());
    if (!listening) return listening.error();
    auto made = std::unique_ptr<listener>(new listener(std::move(executor)));
    made->server_ = std::move(*listening);
    made->programs_.spawn(of.run_programs(std::move(variables)));
    return made;
}

boost::asio::awaitable<void> listener::stop() {
    co_await server_->stop(std::chrono::seconds(1));
    programs_.cancel();
    co_await programs_.join();
}

}  // namespace chatrixcd::semaphore::testing
