// SPDX-License-Identifier: Apache-2.0
// What the machine has around a configuration: who else can read what is secret, and whether the secrets that it names are there.
#pragma once

#include <string>
#include <vector>

#include "config/loader.hpp"

namespace chatrixcd::bot {

// Files with secrets, and a store folder, that others can read: one line each, with what to do. Looks at the file system, changes nothing.
std::vector<std::string> exposures(loaded_config const& loaded, std::string const& config_file);

// Secrets of the account that cannot be read: one line each. What a command prints or systemd hands over is known at the start alone.
std::vector<std::string> missing_secrets(config const& c, environment const& variables);

}  // namespace chatrixcd::bot
