// SPDX-License-Identifier: Apache-2.0
#include "commands/check.hpp"

#include <sys/stat.h>

#include <iomanip>
#include <ostream>
#include <set>

#include "config/keys.hpp"
#include "config/read.hpp"
#include "config/secrets.hpp"

namespace chatrixcd::bot {
namespace {

std::string shown(config& c, key const& k) {
    if (auto const* text = std::get_if<text_member>(&k.member)) {
        std::string const& value = (*text)(c);
        return value.empty() ? "(not set)" : value;
    }
    if (auto const* list = std::get_if<list_member>(&k.member)) {
        std::string joined;
        for (std::string const& entry : (*list)(c)) joined += (joined.empty() ? "" : ", ") + entry;
        return joined.empty() ? "(empty)" : joined;
    }
    return describe(std::get<secret_member>(k.member)(c));
}

bool others_can_read(std::string const& path) {
    struct stat info {};
    return !path.empty() && ::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

// Files that hold a secret: the configuration if one is written in it, and every {"file": …}.
std::set<std::string> files_with_secrets(loaded_config& loaded, std::string const& config_file) {
    config& c = loaded.values;
    std::set<std::string> files;
    for (key const& k : all_keys()) {
        auto const* member = std::get_if<secret_member>(&k.member);
        if (member == nullptr) continue;
        secret_source const& source = (*member)(c);
        // Values of the file have a place in it as their origin.
        bool const from_file = loaded.origins[k.path()].starts_with(config_file + ":");
        if (source.from == secret_source::kind::inline_text && from_file) files.insert(config_file);
        if (source.from == secret_source::kind::file) files.insert(source.name);
    }
    return files;
}

void print_servers(config const& c, std::ostream& out) {
    for (ci_config const& server : c.ci) {
        out << "ci " << server.name << " (" << server.type << ")\n";
        for (auto const& project : server.projects) {
            out << "  " << project.name << ":";
            for (auto const& job : project.jobs) out << ' ' << job.name;
            out << '\n';
        }
    }
}

}  // namespace

exit_code check(check_command const& asked, environment variables, std::ostream& out) {
    loaded_config loaded = read_config(asked.config, std::move(variables));
    for (key const& k : all_keys()) {
        auto const origin = loaded.origins.find(k.path());
        if (origin == loaded.origins.end()) continue;
        out << std::left << std::setw(22) << k.path() << ' ' << shown(loaded.values, k) << "  [" << origin->second << "]\n";
    }
    print_servers(loaded.values, out);
    for (std::string const& file : files_with_secrets(loaded, asked.config.file)) {
        if (others_can_read(file)) loaded.warnings.push_back(file + " holds a secret and others can read it: chmod 600 " + file);
    }
    bool const usable = report(loaded, out);
    bool commandable = true;
    if (usable) {
        for (std::string const& line : refusals(loaded.values)) {
            out << "error: " << line << '\n';
            commandable = false;
        }
    }
    if (!usable || !commandable) return exit_code::usage;
    out << "The configuration is fine.\n";
    return exit_code::success;
}

}  // namespace chatrixcd::bot
