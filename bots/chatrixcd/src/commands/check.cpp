// SPDX-License-Identifier: Apache-2.0
#include "commands/check.hpp"

#include <chatrixcd/base/text.hpp>
#include <iomanip>
#include <ostream>

#include "config/keys.hpp"
#include "config/read.hpp"
#include "config/safety.hpp"
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

void print_servers(config const& c, std::ostream& out) {
    for (ci_config const& server : c.ci) {
        std::string rooms;
        for (auto const& room : server.rooms) rooms += (rooms.empty() ? ", for " : " ") + room;
        out << base::text::one_line("ci " + server.name + " (" + server.type + ")" + rooms) << '\n';
        if (server.type == "semaphore") {
            std::string projects = server.semaphore.projects.empty() ? " all projects" : "";
            for (auto const& project : server.semaphore.projects) projects += " " + project;
            out << "  " << base::text::one_line(server.semaphore.url + ":" + projects) << '\n';
        }
        for (auto const& project : server.projects) {
            std::string line = project.name + ":";
            for (auto const& job : project.jobs) line += " " + job.name;
            out << "  " << base::text::one_line(line) << '\n';
        }
    }
}

void add(std::vector<std::string>& to, std::vector<std::string> lines) {
    for (std::string& line : lines) to.push_back(std::move(line));
}

}  // namespace

exit_code check(check_command const& asked, environment variables, std::ostream& out) {
    loaded_config loaded = read_config(asked.config, variables);
    if (loaded.readable) {
        for (key const& k : all_keys()) {
            std::string const value = shown(loaded.values, k) + "  [" + loaded.origins[k.path()] + "]";
            out << std::left << std::setw(22) << k.path() << ' ' << base::text::one_line(value) << '\n';
        }
        print_servers(loaded.values, out);
        add(loaded.warnings, exposures(loaded, asked.config.file));
        add(loaded.warnings, missing_programs(loaded.values, variables));
        add(loaded.problems, missing_secrets(loaded, variables));
        add(loaded.problems, missing_files(loaded));
        add(loaded.problems, refusals(loaded));
    }
    if (!report(loaded, out)) return exit_code::usage;
    out << "The configuration is fine.\n";
    return exit_code::success;
}

}  // namespace chatrixcd::bot
