// SPDX-License-Identifier: Apache-2.0
// A session at the machine from the terminal's side: logs in, reads answers from standard input, and ends at a signal.
#pragma once

#include <functional>
#include <memory>

#include <chatrixcd/base/log.hpp>

#include "bot_account.hpp"
#include "config/config.hpp"
#include "config/loader.hpp"
#include "exit_code.hpp"
#include "verification/machine_session.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

// What it is given outlives the session.
using make_session = std::function<std::unique_ptr<machine_session>(surroundings const& around, account_secrets const& secrets,
                                                                    machine_session::answers from)>;

// `least`: of what is logged; what the session says need not be said twice. An error is shown on standard error.
exit_code hold_session(config const& settings, environment const& variables, base::log_level least, make_session const& make);

}  // namespace chatrixcd::bot
