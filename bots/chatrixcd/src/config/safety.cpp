// SPDX-License-Identifier: Apache-2.0
#include "config/safety.hpp"

#include <sys/stat.h>

#include <set>

#include "config/keys.hpp"

namespace chatrixcd::bot {
namespace {

bool others_can_read(std::string const& path) {
    struct stat info {};
    return !path.empty() && ::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

// The configuration if a secret is written in it, and every {"file": …}.
std::set<std::string> files_with_secrets(loaded_config const& loaded, std::string const& config_file) {
    config c = loaded.values;
    std::set<std::string> files;
    for (key const& k : all_keys()) {
        auto const* member = std::get_if<secret_member>(&k.member);
        if (member == nullptr) continue;
        secret_source const& source = (*member)(c);
        // Values of the file have a place in it as their origin.
        auto const origin = loaded.origins.find(k.path());
        bool const from_file = origin != loaded.origins.end() && origin->second.starts_with(config_file + ":");
        if (source.from == secret_source::kind::inline_text && from_file) files.insert(config_file);
        if (source.from == secret_source::kind::file) files.insert(source.name);
    }
    return files;
}

}  // namespace

std::vector<std::string> exposures(loaded_config const& loaded, std::string const& config_file) {
    std::vector<std::string> lines;
    for (std::string const& file : files_with_secrets(loaded, config_file)) {
        if (others_can_read(file)) lines.push_back(file + " holds a secret and others can read it: chmod 600 " + file);
    }
    std::string const& folder = loaded.values.matrix.store_path;
    if (others_can_read(folder)) lines.push_back("others can look into the store's folder " + folder + ": chmod 700 " + folder);
    return lines;
}

std::vector<std::string> missing_secrets(config const& c, environment const& variables) {
    bool const by_token = c.matrix.access_token.from != secret_source::kind::none;
    secret_source const& used = by_token ? c.matrix.access_token : c.matrix.password;
    std::string const path = by_token ? "matrix.access_token" : "matrix.password";
    std::vector<std::string> lines;
    if (used.from == secret_source::kind::file) {
        if (auto const there = base::secret::from_file(used.name); !there) lines.push_back(path + ": " + there.error().describe());
    } else if (used.from == secret_source::kind::environment && variables(used.name).value_or("").empty()) {
        lines.push_back(path + ": the environment variable " + used.name + " is not set");
    }
    return lines;
}

}  // namespace chatrixcd::bot
