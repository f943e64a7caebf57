// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/listen_address.hpp"
#include "exit_code.hpp"

namespace chatrixcd::bot {

// Options of every subcommand that reads the configuration.
struct config_options {
    std::string file;  // empty: the environment alone
    std::vector<std::pair<std::string, std::string>> overrides;
};

struct run_command {
    config_options config;
};
struct check_command {
    config_options config;
};
struct init_command {
    std::string file = "chatrixcd.hjson";
};
struct doctor_command {
    config_options config;
};
struct console_command {
    config_options config;
};
struct verify_command_line {
    config_options config;
    std::string whom;               // empty: whoever asks
    bool replace_identity = false;  // instead of verifying anybody
    bool is_sure = false;           // of that
};
struct demo_command {
    bool script = false;
    bool semaphore = false;  // jobs of a stand-in for a Semaphore, instead of local ones
    std::string keep;        // empty: a temporary folder
    std::optional<std::uint16_t> listen;
};

struct homeserver_command {
    listen_address where;
    std::string store;  // empty: in memory
    std::string server_name;
    std::vector<std::string> accounts;  // localparts
    bool open_registration = false;
    std::string public_url;
    bool rate_limits = false;
};

struct semaphore_double_command {
    listen_address where;
    std::string token_file;
};

using parsed_command = std::variant<run_command, check_command, init_command, doctor_command, console_command, verify_command_line,
                                    demo_command, homeserver_command, semaphore_double_command>;

// What main() has to do, or how it ends at once (--help, --version, a mistake; what there is to say has been printed).
std::variant<parsed_command, exit_code> parse_command_line(int count, char const* const* words);

}  // namespace chatrixcd::bot
