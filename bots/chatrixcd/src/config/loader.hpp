// SPDX-License-Identifier: Apache-2.0
// Merges the layers of the configuration and says where each value came from. Pure: files and variables are handed in.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>

#include "config/config.hpp"

namespace chatrixcd::bot {

// Reads an environment variable; nothing if it is not set.
using environment = std::function<std::optional<std::string>(std::string const& name)>;

class load_request {
public:
    load_request() = default;
    std::string file_name;                 // as the user wrote it, for messages
    std::optional<std::string> file_text;  // no file: everything from the environment
    environment variables;
    std::vector<std::string> variable_names;                     // those that are set and begin with CHATRIXCD_, to find misspelt ones
    std::vector<std::pair<std::string, std::string>> overrides;  // --set matrix.user_id=…
    bool needs_account = true;                                   // whether a Matrix account has to be there
};

struct loaded_config {
    config values;
    std::map<std::string, std::string> origins;  // key path -> "config.hjson:3:7", "variable CHATRIXCD_…", "command line", "default"
    std::vector<std::string> problems;           // each stops the program; one line: what, why, what to do
    std::vector<std::string> warnings;           // unknown keys and the like
    bool readable = true;                        // false: there is no file, or it is no HJSON, and so the values say nothing
};

// Never fails as a whole: everything that is wrong is listed at once.
loaded_config load(load_request from);

// "bot.hjson:3:7: bot.command_prefix: sentence", or without the place where the value has none.
std::string placed(loaded_config const& loaded, std::string const& path, std::string const& sentence);

// What would keep `run` from being useful: nobody may command. One line each, with the line to add.
std::vector<std::string> refusals(loaded_config const& loaded);

}  // namespace chatrixcd::bot
