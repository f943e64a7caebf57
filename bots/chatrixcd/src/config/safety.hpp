// SPDX-License-Identifier: Apache-2.0
// What the machine has around a configuration: who else can read what is secret, and whether what it names is there.
#pragma once

#include <string>
#include <vector>

#include "config/loader.hpp"

namespace chatrixcd::bot {

// Files with secrets, and a store folder, that others can read: one line each, with what to do. Looks at the file system, changes nothing.
std::vector<std::string> exposures(loaded_config const& loaded, std::string const& config_file);

// The account's secret if it cannot be read: one line. What a command prints is known at the start alone.
std::vector<std::string> missing_secrets(loaded_config const& loaded, environment const& variables);
// Files that cannot be read, and a store folder that cannot be made or written: one line each.
std::vector<std::string> missing_files(loaded_config const& loaded);
// Jobs whose program is not there: one line each.
std::vector<std::string> missing_programs(config const& c, environment const& variables);

}  // namespace chatrixcd::bot
