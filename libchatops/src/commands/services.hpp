// SPDX-License-Identifier: Apache-2.0
// The built-in commands, and what they need of the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/chatops/command.hpp>
#include <chatrixcd/chatops/engine.hpp>

#include "engine/board.hpp"
#include "engine/catalog.hpp"
#include "engine/database.hpp"
#include "runs/tracker.hpp"

namespace chatrixcd::chatops::commands {

// All outlive the commands.
struct services {
    catalog& ci;
    runs::tracker& tracked;
    database& store;
    board& shown;
    std::vector<chat::service*> const& chats;
    base::clock& time;
    base::time_point since;  // when the bot was started
};

command projects_command(services const& with);
command templates_command(services const& with);
command run_command(services const& with);
command status_command(services const& with);
command logs_command(services const& with);
command stop_command(services const& with);
command approve_command(services const& with);
command reject_command(services const& with);
command schedules_command(services const& with);
command schedule_command(services const& with);
command ping_command();
command info_command(services const& with);

}  // namespace chatrixcd::chatops::commands
