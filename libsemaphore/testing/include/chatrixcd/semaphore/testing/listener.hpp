// SPDX-License-Identifier: Apache-2.0
// The double on a port, with its WebSocket and its tasks' programs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>

#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/semaphore/testing/double.hpp>

namespace chatrixcd::semaphore::testing {

class listener {
public:
    // Listens at once; port 0: any free one. The variables are all that its tasks' programs see. The server, which must be on a real clock,
    // must outlive stop(). Error kind `environment`: the address cannot be used.
    static base::result<std::unique_ptr<listener>> open(boost::asio::any_io_executor executor, server& of,
                                                        program_environment variables = {}, std::string address = "127.0.0.1",
                                                        std::uint16_t port = 0);
    std::uint16_t port() const noexcept { return server_->port(); }
    // Awaited before destruction: programs are killed, connections closed.
    boost::asio::awaitable<void> stop();

private:
    explicit listener(boost::asio::any_io_executor executor);

    std::unique_ptr<base::http::server> server_;
    base::task_group programs_;
};

}  // namespace chatrixcd::semaphore::testing
