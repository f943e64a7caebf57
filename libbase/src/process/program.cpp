// SPDX-License-Identifier: Apache-2.0
#include "process/program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace chatrixcd::base::supervisor {

namespace {

bool has_nul(std::string const& text) { return text.find('\0') != std::string::npos; }

result<void> check(process_spec const& spec) {
    if (spec.argv.empty() || spec.argv.front().empty()) return error(error_kind::invalid, "a process needs a program to run");
    bool bad = has_nul(spec.folder);
    for (auto const& argument : spec.argv) bad = bad || has_nul(argument);
    for (auto const& [name, value] : spec.environment) bad = bad || has_nul(name) || has_nul(value);
    if (bad) return error(error_kind::invalid, "a NUL character cannot be handed to a process");
    for (auto const& [name, value] : spec.environment) {
        if (name.empty() || name.find('=') != std::string::npos) {
            return error(error_kind::invalid, "\"" + name + "\" cannot be the name of an environment variable");
        }
    }
    return {};
}

std::string search_path(process_spec const& spec) {
    for (auto const& [name, value] : spec.environment) {
        if (name == "PATH") return value;
    }
    return {};
}

// As execvp() does it, but relative folders in PATH do not count: they would depend on where the process starts.
result<std::string> look_up(process_spec const& spec) {
    auto const& name = spec.argv.front();
    if (name.find('/') != std::string::npos) return name;
    auto const folders = search_path(spec);
    bool seen = false;
    for (std::size_t start = 0; start <= folders.size();) {
        auto const end = std::min(folders.find(':', start), folders.size());
        auto const candidate = folders.substr(start, end - start) + "/" + name;
        start = end + 1;
        struct stat found = {};
        if (candidate.front() != '/' || ::stat(candidate.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) continue;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        seen = true;
    }
    if (seen) return error(error_kind::forbidden, "the program " + name + " is not executable");
    return error(error_kind::not_found, "there is no program " + name + " in PATH (" + folders + ")");
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace
}  // namespace chatrixcd::base::supervisor

namespace chatrixcd::base {

result<std::string> find_program(process_spec const& spec) {
    auto found = supervisor::look_up(spec);
    if (!found || found->front() != '/' || ::access(found->c_str(), X_OK) == 0) return found;
    if (::access(found->c_str(), F_OK) == 0) return error(error_kind::forbidden, "the program " + *found + " is not executable");
    return error(error_kind::not_found, "there is no program " + *found);
}

}  // namespace chatrixcd::base

namespace chatrixcd::base::supervisor {

result<program> program::prepare(process_spec spec) {
    auto ok = check(spec);
    if (!ok) return ok.error();
    auto path = look_up(spec);
    if (!path) return path.error();
    program ready;
    ready.path_ = std::move(*path);
    ready.folder_ = std::move(spec.folder);
    ready.argv_ = std::move(spec.argv);
    for (auto const& [name, value] : spec.environment) ready.environment_.push_back(name + "=" + value);
    return ready;
}

std::vector<char*> program::argv() { return pointers(argv_); }

std::vector<char*> program::environment() { return pointers(environment_); }

}  // namespace chatrixcd::base::supervisor
