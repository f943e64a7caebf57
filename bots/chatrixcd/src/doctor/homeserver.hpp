// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

#include "config/loader.hpp"
#include "doctor/findings.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

// Whether the homeserver is there and takes the account's password or token, and whether the account is in the rooms of the configuration.
// With a password this logs in, as a device of its own, and out again.
boost::asio::awaitable<void> examine_homeserver(surroundings around, config settings, environment variables, findings& into);

}  // namespace chatrixcd::bot
