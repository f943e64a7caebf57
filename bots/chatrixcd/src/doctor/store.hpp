// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "config/loader.hpp"
#include "doctor/findings.hpp"

namespace chatrixcd::bot {

// Where the store's key is, and whether it is that of the databases that are there. Changes nothing, also beside a bot that runs.
boost::asio::awaitable<void> examine_store(boost::asio::any_io_executor executor, config settings, environment variables, findings& into);

}  // namespace chatrixcd::bot
