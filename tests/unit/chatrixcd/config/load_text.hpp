// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "config/loader.hpp"

namespace chatrixcd::bot {

inline environment variables_of(std::map<std::string, std::string> values) {
    return [values = std::move(values)](std::string const& name) -> std::optional<std::string> {
        auto const found = values.find(name);
        if (found == values.end()) return std::nullopt;
        return found->second;
    };
}

inline loaded_config load_text(std::string text, std::map<std::string, std::string> variables = {},
                               std::vector<std::pair<std::string, std::string>> overrides = {}) {
    load_request request;
    request.file_name = "bot.hjson";
    request.file_text = std::move(text);
    request.variables = variables_of(std::move(variables));
    request.overrides = std::move(overrides);
    return load(std::move(request));
}

// Whether one of the lines contains all of the words.
inline bool says(std::vector<std::string> const& lines, std::vector<std::string> const& words) {
    for (std::string const& line : lines) {
        bool all = true;
        for (std::string const& word : words) all = all && line.find(word) != std::string::npos;
        if (all) return true;
    }
    return false;
}

}  // namespace chatrixcd::bot
