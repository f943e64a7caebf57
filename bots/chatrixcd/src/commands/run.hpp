// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/matrix/token_source.hpp>

#include "command_line.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Runs the bot until SIGINT or SIGTERM. Writes its log and, if it cannot go on, one line saying why to standard error.
exit_code run(run_command const& asked, environment variables);

// Where the configuration wants the log to go.
std::shared_ptr<base::log_sink> make_log_sink(config const& settings);
base::log_level least_level(config const& settings);

}  // namespace chatrixcd::bot
