// SPDX-License-Identifier: Apache-2.0
#include "commands/doctor.hpp"

#include <chatrixcd/base/log.hpp>
#include <ostream>
#include <utility>

#include "config/read.hpp"
#include "config/safety.hpp"
#include "config/secrets.hpp"
#include "doctor/findings.hpp"
#include "doctor/homeserver.hpp"
#include "doctor/semaphore.hpp"
#include "doctor/store.hpp"
#include "outside.hpp"

namespace chatrixcd::bot {

namespace {

using boost::asio::awaitable;

void examine_configuration(loaded_config const& loaded, std::string const& file, environment const& variables, findings& into) {
    for (auto const& line : loaded.problems) into.bad(line, exit_code::usage);
    for (auto const& line : loaded.warnings) into.note(line);
    if (!loaded.readable) return;
    for (auto const& line : exposures(loaded, file)) into.note(line);
    for (auto const& line : missing_programs(loaded.values, variables)) into.note(line);
    for (auto const& line : missing_files(loaded)) into.bad(line, exit_code::usage);
    for (auto const& line : refusals(loaded)) into.bad(line, exit_code::usage);
}

awaitable<void> examine(surroundings around, config settings, environment variables, findings& into) {
    co_await examine_store(around.executor, settings, variables, into);
    co_await examine_homeserver(around, settings, variables, into);
    auto const read = co_await read_server_secrets(around.executor, settings, std::move(variables));
    if (!read) {
        into.bad("a token", read.error(), exit_code::usage);
        co_return;
    }
    for (auto const& server : settings.ci) {
        if (server.type == "semaphore") co_await examine_semaphore(around, server, into);
    }
}

}  // namespace

exit_code doctor(doctor_command const& asked, environment variables, std::ostream& out) {
    findings found(out);
    loaded_config const loaded = read_config(asked.config, variables);
    examine_configuration(loaded, asked.config.file, variables, found);
    if (!loaded.problems.empty() || !loaded.readable) {
        found.skipped("the servers: the configuration comes first");
    } else {
        if (found.outcome() == exit_code::success) found.good("the configuration");
        outside world(loaded.values, variables, nullptr, base::log_level::error);
        world.run(examine(world.around(), loaded.values, variables, found));
    }
    out << (found.outcome() == exit_code::success ? "Everything that was tried works." : "See the lines that begin with BAD.") << std::endl;
    return found.outcome();
}

}  // namespace chatrixcd::bot
