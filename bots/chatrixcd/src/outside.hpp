// SPDX-License-Identifier: Apache-2.0
// What a command that goes out into the world stands on: a loop, time, chance, a log, and the way to the homeserver of the configuration.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include <chatrixcd/base/http_client.hpp>

#include "config/loader.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

class outside {
public:
    // Throws error_exception: a file that the configuration names cannot be used.
    outside(config const& settings, environment const& variables, std::shared_ptr<base::log_sink> log, base::log_level least);

    surroundings around();
    // Runs it to its end; throws what it throws.
    void run(boost::asio::awaitable<void> work);

private:
    boost::asio::io_context loop_;
    std::unique_ptr<base::clock> time_;
    std::unique_ptr<base::random> entropy_;
    base::logger log_;
    base::http::client_options http_;
    std::unique_ptr<base::http::transport> network_;
};

}  // namespace chatrixcd::bot
