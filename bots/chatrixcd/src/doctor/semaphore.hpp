// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

#include "config/config.hpp"
#include "doctor/findings.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

// Whether a Semaphore server is there, takes the token and shows the projects of the configuration, how its news come, and which options of
// `run` each template would drop. The token must have been read. Starts nothing.
boost::asio::awaitable<void> examine_semaphore(surroundings around, ci_config wanted, findings& into);

}  // namespace chatrixcd::bot
