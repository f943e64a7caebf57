// SPDX-License-Identifier: Apache-2.0
// The stand-in for a Semaphore as a child process: what the bot's end does not touch.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include <chatrixcd/base/process.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>

namespace chatrixcd::bot {

class semaphore_process {
public:
    // The token stands in a file of the folder.
    semaphore_process(boost::asio::any_io_executor executor, base::random& entropy, std::string const& folder);

    // Returns its URL as soon as it answers. Errors: those of base::spawn(), and internal: it ended instead, with what it said.
    boost::asio::awaitable<base::result<std::string>> start(std::vector<std::pair<std::string, std::string>> variables);
    // Also after a failed start().
    boost::asio::awaitable<void> stop();
    std::string const& token_file() const noexcept { return token_file_; }

private:
    boost::asio::awaitable<void> drain();

    boost::asio::any_io_executor executor_;
    base::random* entropy_;
    std::string token_file_;
    std::unique_ptr<base::process> running_;
    base::task_group draining_;
};

}  // namespace chatrixcd::bot
