// SPDX-License-Identifier: Apache-2.0
// What is done about the bot's account with whoever sits at the machine, while the bot does not run.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/matrix/token_source.hpp>

namespace chatrixcd::bot {

class machine_session {
public:
    // The next answer; nothing: there will be none. May be cancelled.
    using answers = std::function<boost::asio::awaitable<std::optional<std::string>>()>;

    virtual ~machine_session() = default;

    // Returns whether what it is for was done; if not, why has been shown. Errors as matrix::client::start() (conflict: the bot runs), and
    // those of what it does.
    virtual boost::asio::awaitable<base::result<bool>> run(std::shared_ptr<matrix::token_source> tokens) = 0;
    // Makes run() end.
    virtual void request_stop() = 0;
    // Must be awaited before destruction.
    virtual boost::asio::awaitable<void> stop() = 0;
};

}  // namespace chatrixcd::bot
