// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/log.hpp>

#include "push/handler.hpp"

namespace chatrixcd::bot {

// The bot's own HTTP listener.
class push_listener {
public:
    // Listens at once. Error kinds invalid (the address is none) and environment (it cannot be used).
    static base::result<std::unique_ptr<push_listener>> open(boost::asio::any_io_executor executor, base::clock& time, base::logger log,
                                                             std::string const& listen, std::vector<push_endpoint> endpoints);
    // Awaited before destruction.
    boost::asio::awaitable<void> stop();

private:
    push_listener(base::clock& time, base::logger log, std::vector<push_endpoint> endpoints)
        : handler_(time, std::move(log), std::move(endpoints)) {}

    push_handler handler_;
    std::unique_ptr<base::http::server> server_;
};

}  // namespace chatrixcd::bot
