// SPDX-License-Identifier: Apache-2.0
#include "config/read.hpp"

#include <unistd.h>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/text.hpp>
#include <ostream>
#include <string_view>

namespace chatrixcd::bot {
namespace {

constexpr std::size_t max_config = 1U << 20U;

std::vector<std::string> own_variables() {
    std::vector<std::string> names;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const text = *entry;
        if (text.starts_with("CHATRIXCD_")) names.emplace_back(text.substr(0, text.find('=')));
    }
    return names;
}

}  // namespace

loaded_config read_config(config_options const& options, environment variables, bool needs_account) {
    load_request request;
    request.file_name = options.file;
    request.variables = std::move(variables);
    request.variable_names = own_variables();
    request.overrides = options.overrides;
    request.needs_account = needs_account;
    if (!options.file.empty()) {
        auto text = base::read_file(options.file, max_config);
        if (!text) {
            loaded_config broken;
            broken.readable = false;
            broken.problems.push_back(text.error().describe());
            return broken;
        }
        request.file_text = std::move(*text);
    }
    return load(std::move(request));
}

bool report(loaded_config const& loaded, std::ostream& out) {
    for (std::string const& line : loaded.warnings) out << "warning: " << base::text::one_line(line) << '\n';
    for (std::string const& line : loaded.problems) out << "error: " << base::text::one_line(line) << '\n';
    return loaded.problems.empty();
}

}  // namespace chatrixcd::bot
