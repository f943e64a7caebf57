// SPDX-License-Identifier: Apache-2.0
// How the program ends; docs/configuration.md explains each to operators.
#pragma once

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::bot {

enum class exit_code : int {
    success = 0,
    failure = 1,      // something of our own went wrong
    usage = 2,        // the command line or the configuration is not right; starting it again cannot help
    login = 3,        // the homeserver refused the password or the token
    unreachable = 4,  // the homeserver cannot be reached, or what answers is none; starting it again later may help
    store = 5,        // the store's folder (or the demo's port) cannot be used, or another process uses it
    demo_failed = 6,  // the demo's last card does not say success
};

// What a refusal to start means for the process.
inline exit_code exit_code_of(base::error const& e) noexcept {
    switch (e.kind()) {
        case base::error_kind::unauthorized:
        case base::error_kind::forbidden:
            return exit_code::login;
        case base::error_kind::unavailable:
        case base::error_kind::protocol:
        case base::error_kind::timeout_unknown:
        case base::error_kind::rate_limited:
            return exit_code::unreachable;
        case base::error_kind::environment:
        case base::error_kind::conflict:
            return exit_code::store;
        case base::error_kind::invalid:
            return exit_code::usage;
        default:
            return exit_code::failure;
    }
}

}  // namespace chatrixcd::bot
