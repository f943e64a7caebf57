// SPDX-License-Identifier: Apache-2.0
#include "commands/replace_identity.hpp"

#include <iostream>
#include <memory>
#include <utility>

#include "commands/hold_session.hpp"
#include "config/read.hpp"
#include "verification/new_identity.hpp"

namespace chatrixcd::bot {

exit_code replace_identity(verify_command_line const& asked, environment const& variables) {
    loaded_config const loaded = read_config(asked.config, variables);
    if (!report(loaded, std::cerr)) return exit_code::usage;
    auto const& settings = loaded.values;
    if (settings.matrix.encryption != "on") {
        std::cerr << "error: encryption is off, so there is no identity: `matrix.encryption: on` switches it on\n";
        return exit_code::usage;
    }
    auto const make = [&](surroundings const& around, account_secrets const& secrets, machine_session::answers from) {
        return std::make_unique<new_identity>(around, settings, secrets, asked.is_sure, std::move(from), std::cout);
    };
    return hold_session(settings, variables, base::log_level::error, make);
}

}  // namespace chatrixcd::bot
