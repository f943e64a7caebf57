// SPDX-License-Identifier: Apache-2.0
// From the command line's options to a configuration that can be used, or to the lines that say why not.
#pragma once

#include <iosfwd>
#include <optional>

#include "command_line.hpp"
#include "config/loader.hpp"

namespace chatrixcd::bot {

// Reads the file (if one is named) and merges the layers; a file that cannot be read is a problem of the result.
// `needs_account`: without a Matrix account it is not complete.
loaded_config read_config(config_options const& options, environment variables, bool needs_account = true);

// Prints warnings and problems, one line each; false if there is a problem.
bool report(loaded_config const& loaded, std::ostream& out);

}  // namespace chatrixcd::bot
