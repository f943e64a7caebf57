// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo/sample_ci.hpp"

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
    std::string semaphore_url;  // empty: local jobs
    std::string token_file;
};

// The configuration of the demo's bot: three jobs, of which one succeeds, one fails, and one takes parameters and a while; or a Semaphore.
// It is the same file that an operator would write.
std::string sample_config(sample_settings const& s);

// What may stand behind the beginning of a line, for completion: commands behind "!cd", the project and its jobs behind "!cd run".
std::vector<std::string> sample_words(sample_ci of, std::string_view before);

}  // namespace chatrixcd::bot
