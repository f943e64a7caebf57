// SPDX-License-Identifier: Apache-2.0
#include "commands/verify.hpp"

#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "commands/hold_session.hpp"
#include "commands/replace_identity.hpp"
#include "config/read.hpp"
#include "verification/at_machine.hpp"

namespace chatrixcd::bot {

exit_code verify(verify_command_line const& asked, environment const& variables) {
    if (asked.replace_identity) return replace_identity(asked, variables);
    std::optional<matrix::user_id> whom;
    if (!asked.whom.empty()) {
        auto parsed = matrix::user_id::parse(asked.whom);
        if (!parsed) {
            std::cerr << "error: `" << asked.whom << "` is no Matrix id; write it like @you:example.org\n";
            return exit_code::usage;
        }
        whom = std::move(*parsed);
    }
    loaded_config const loaded = read_config(asked.config, variables);
    if (!report(loaded, std::cerr)) return exit_code::usage;
    auto const& settings = loaded.values;
    if (settings.matrix.encryption != "on") {
        std::cerr << "error: encryption is off, so there is nothing to verify: `matrix.encryption: on` switches it on\n";
        return exit_code::usage;
    }
    if (!whom && settings.bot.admin_users.empty()) {
        std::cerr << "error: bot.admin_users is empty, so nobody is waited for; name somebody: chatrixcd verify @you:example.org\n";
        return exit_code::usage;
    }
    auto const make = [&](surroundings const& around, account_secrets const& secrets, machine_session::answers from) {
        return std::make_unique<verification_at_machine>(around, settings, secrets, whom, std::move(from), std::cout);
    };
    // What happens is said on standard output; the log would say it twice.
    return hold_session(settings, variables, base::log_level::warning, make);
}

}  // namespace chatrixcd::bot
