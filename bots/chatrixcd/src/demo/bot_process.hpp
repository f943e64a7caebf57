// SPDX-License-Identifier: Apache-2.0
// The bot as a child process that is started again whenever it ends, as a service manager would do it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/process.hpp>

namespace chatrixcd::bot {

class bot_process {
public:
    // `spec` starts it; what it prints is added to `log_file`. `told` is called with a line when it ended by itself.
    bot_process(boost::asio::any_io_executor executor, base::clock& time, base::process_spec spec, std::string log_file,
                std::function<void(std::string)> told);

    // Keeps it running until cancelled; then it is terminated, and killed if it does not end within 5 s.
    boost::asio::awaitable<void> keep_running();
    // SIGKILL, in the middle of whatever it does.
    void kill();
    // Its process, 0 while none runs.
    pid_t pid() const noexcept { return running_ ? running_->pid() : 0; }

private:
    boost::asio::awaitable<base::process_exit> watch();
    boost::asio::awaitable<void> end_it();

    boost::asio::any_io_executor executor_;
    base::clock* time_;
    base::process_spec spec_;
    std::string log_file_;
    std::function<void(std::string)> told_;
    std::unique_ptr<base::process> running_;
};

}  // namespace chatrixcd::bot
