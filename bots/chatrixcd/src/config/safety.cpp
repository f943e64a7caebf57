// SPDX-License-Identifier: Apache-2.0
#include "config/safety.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chatrixcd/base/process.hpp>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "config/keys.hpp"
#include "config/secrets.hpp"

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
    for (ci_config& server : c.ci) {
        bool const is_section = server.name == "semaphore" && !c.semaphore.url.empty();  // looked at above
        for (auto const& [name, source] : secrets_of(server)) {
            if (source->from == secret_source::kind::inline_text && !is_section) files.insert(config_file);
            if (source->from == secret_source::kind::file) files.insert(source->name);
        }
    }
    return files;
}

// Empty if it is there, else why it is not.
std::string why_no_program(std::vector<std::string> argv, std::vector<std::pair<std::string, std::string>> settings,
                           environment const& variables) {
    base::process_spec spec;
    spec.argv = std::move(argv);
    spec.environment = std::move(settings);
    spec.environment.emplace_back("PATH", variables("PATH").value_or(""));
    if (spec.argv.empty()) return {};
    auto const found = base::find_program(spec);
    return found ? std::string() : found.error().message();
}

std::string why_missing(secret_source const& used, environment const& variables) {
    auto const in_file = [](std::string const& file) {
        auto const there = base::secret::from_file(file);
        return there ? std::string() : there.error().describe();
    };
    switch (used.from) {
        case secret_source::kind::file:
            return in_file(used.name);
        case secret_source::kind::environment:
            return variables(used.name).value_or("").empty() ? "the environment variable " + used.name + " is not set" : "";
        case secret_source::kind::credential:
            if (auto const folder = variables("CREDENTIALS_DIRECTORY")) return in_file(*folder + "/" + used.name);
            return {};  // only systemd, starting the service, puts it there
        case secret_source::kind::command:
            return why_no_program(used.command, {}, variables);
        case secret_source::kind::none:
        case secret_source::kind::inline_text:
            break;
    }
    return {};
}

// The folder itself, or the one in which it would be made.
std::string nearest_folder(std::string const& path) {
    std::error_code ignored;
    std::filesystem::path folder = std::filesystem::absolute(path, ignored);
    while (!std::filesystem::exists(folder, ignored) && folder.has_parent_path() && folder != folder.parent_path()) {
        folder = folder.parent_path();
    }
    return folder.string();
}

}  // namespace

std::vector<std::string> exposures(loaded_config const& loaded, std::string const& config_file) {
    std::vector<std::string> lines;
    for (std::string const& file : files_with_secrets(loaded, config_file)) {
        if (others_can_read(file)) lines.push_back(file + " holds a secret and others can read it: chmod 600 " + file);
    }
    std::string const& key_file = loaded.values.matrix.client_key;
    if (others_can_read(key_file)) lines.push_back(key_file + " is a private key and others can read it: chmod 600 " + key_file);
    for (ci_config const& server : loaded.values.ci) {
        std::string const& key = server.semaphore.client_key;
        if (others_can_read(key)) lines.push_back(key + " is a private key and others can read it: chmod 600 " + key);
    }
    std::string const& folder = loaded.values.matrix.store_path;
    if (others_can_read(folder)) lines.push_back("others can look into the store's folder " + folder + ": chmod 700 " + folder);
    return lines;
}

std::vector<std::string> missing_secrets(loaded_config const& loaded, environment const& variables) {
    config c = loaded.values;
    bool const by_token = c.matrix.access_token.from != secret_source::kind::none;
    secret_source const& used = by_token ? c.matrix.access_token : c.matrix.password;
    std::string const path = by_token ? "matrix.access_token" : "matrix.password";
    std::vector<std::string> lines;
    if (auto const why = why_missing(used, variables); !why.empty()) lines.push_back(placed(loaded, path, why));
    bool const is_encrypted = c.matrix.encryption == "on";
    if (auto const why = why_missing(c.matrix.recovery_key, variables); is_encrypted && !why.empty()) {
        lines.push_back(placed(loaded, "matrix.recovery_key", why));
    }
    if (auto const why = why_missing(c.matrix.store_key, variables); !why.empty()) lines.push_back(placed(loaded, "matrix.store_key", why));
    for (ci_config& server : c.ci) {
        for (auto const& [name, source] : secrets_of(server)) {
            auto const missing = why_missing(*source, variables);
            if (!missing.empty()) lines.push_back(name + ": " + missing);
        }
    }
    return lines;
}

std::vector<std::string> missing_files(loaded_config const& loaded) {
    std::vector<std::string> lines;
    matrix_config const& matrix = loaded.values.matrix;
    std::pair<char const*, std::string const*> const files[] = {
        {"matrix.ca_file", &matrix.ca_file},
        {"matrix.client_certificate", &matrix.client_certificate},
        {"matrix.client_key", &matrix.client_key},
    };
    for (auto const& [path, file] : files) {
        if (!file->empty() && ::access(file->c_str(), R_OK) != 0) {
            lines.push_back(placed(loaded, path, "`" + *file + "` cannot be read: " + std::strerror(errno)));
        }
    }
    for (ci_config const& server : loaded.values.ci) {
        for (auto const* file : {&server.semaphore.ca_file, &server.semaphore.client_certificate, &server.semaphore.client_key}) {
            if (file->empty() || ::access(file->c_str(), R_OK) == 0) continue;
            lines.push_back("ci " + server.name + ": `" + *file + "` cannot be read: " + std::strerror(errno));
        }
    }
    auto const folder = nearest_folder(matrix.store_path);
    if (!matrix.store_path.empty() && ::access(folder.c_str(), W_OK | X_OK) != 0) {
        lines.push_back(
            placed(loaded, "matrix.store_path", "`" + matrix.store_path + "` cannot be used: " + folder + ": " + std::strerror(errno)));
    }
    return lines;
}

std::vector<std::string> missing_programs(config const& c, environment const& variables) {
    std::vector<std::string> lines;
    for (ci_config const& server : c.ci) {
        for (auto const& project : server.projects) {
            for (auto const& job : project.jobs) {
                auto const why = why_no_program(job.argv, job.environment, variables);
                if (!why.empty()) lines.push_back("ci " + server.name + ": " + project.name + " / " + job.name + ": " + why);
            }
        }
    }
    return lines;
}

}  // namespace chatrixcd::bot
