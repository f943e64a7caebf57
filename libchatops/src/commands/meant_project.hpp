// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "commands/services.hpp"

namespace chatrixcd::chatops::commands {

// The project that a command is about: by its name or number, or the only one there is. Errors: those of the list and of find_project(),
// and `invalid`: there are several and none was said, with how to say it behind `example`, the command.
boost::asio::awaitable<base::result<known_project>> meant_project(services const& with, context const& asked,
                                                                  std::optional<std::string> word, std::string example);

}  // namespace chatrixcd::chatops::commands
