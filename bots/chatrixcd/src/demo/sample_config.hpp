// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace chatrixcd::bot {

class sample_settings {
public:
    sample_settings() = default;
    std::uint16_t port = 0;
    std::string bot_user;
    std::string person;
    std::string room;
    std::string password_file;
    std::string store_folder;
};

// The configuration of the demo's bot: three jobs, of which one succeeds, one fails, and one takes parameters and a while. It is the same
// file that an operator would write.
std::string sample_config(sample_settings const& s);

// What completion offers beside the bot's own words.
inline constexpr char const* sample_words[] = {"!cd",  "help",   "projects", "templates", "run",    "status",      "logs",         "stop",
                                               "ping", "info",   "demo",     "hello",     "broken", "deploy",      "env=staging",  "env=prod",
                                               ":kill", ":help", ":quit",    "version="};

}  // namespace chatrixcd::bot
