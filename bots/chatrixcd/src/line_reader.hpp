// SPDX-License-Identifier: Apache-2.0
// Reads standard input without ever blocking the loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

namespace chatrixcd::bot {

class line_reader {
public:
    explicit line_reader(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    // The next line; nothing at the end of input. A wait that is cancelled loses nothing.
    boost::asio::awaitable<std::optional<std::string>> next();
    // Forgets what was typed at a terminal before: an answer is one only behind its question. What comes from elsewhere stays.
    void forget_typed();

private:
    boost::asio::awaitable<void> wait();

    boost::asio::any_io_executor executor_;
    std::string kept_;
    bool ended_ = false;
    bool plain_file_ = false;
};

}  // namespace chatrixcd::bot
