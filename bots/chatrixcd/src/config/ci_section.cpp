// SPDX-License-Identifier: Apache-2.0
#include "config/ci_section.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "config/object_reader.hpp"
#include "config/semaphore_entry.hpp"
#include "config/values.hpp"

namespace chatrixcd::bot {
namespace {

using executor::parameter_type;

template <class T>
std::vector<T> read_list(hjson::node const& n, std::string const& what, diagnostics& out,
                         T (*read_one)(hjson::node const&, std::string const&, diagnostics&)) {
    std::vector<T> list;
    if (n.what() != hjson::kind::list) {
        out.problem(n.where(), what, "is " + std::string(hjson::to_string(n.what())) + ", should be a list [ … ]");
        return list;
    }
    for (hjson::node const& item : n.items()) list.push_back(read_one(item, what + "[" + std::to_string(list.size()) + "]", out));
    return list;
}

std::string scalar_text(hjson::node const& n, std::string const& what, diagnostics& out) {
    if (auto const* text = n.as_text()) return *text;
    if (auto const flag = n.as_boolean()) return *flag ? "true" : "false";
    out.problem(n.where(), what, "is " + std::string(hjson::to_string(n.what())) + ", should be a string, a number, true or false");
    return {};
}

parameter_type type_value(hjson::node const& n, std::string const& what, diagnostics& out) {
    static std::map<std::string, parameter_type> const types = {{"text", parameter_type::text},
                                                                {"integer", parameter_type::integer},
                                                                {"boolean", parameter_type::boolean},
                                                                {"choice", parameter_type::choice},
                                                                {"secret", parameter_type::secret}};
    auto text = text_value(n, what, out);
    if (!text) return parameter_type::text;
    auto const found = types.find(*text);
    if (found != types.end()) return found->second;
    out.problem(n.where(), what, "`" + *text + "` is none of text, integer, boolean, choice, secret");
    return parameter_type::text;
}

executor::parameter read_parameter(hjson::node const& n, std::string const& what, diagnostics& out) {
    executor::parameter p;
    object_reader reader(n, what, out);
    reader.text("name", p.name).text("help", p.help).text("pattern", p.pattern);
    reader.on("type", [&](hjson::node const& v, std::string const& path) { p.type = type_value(v, path, out); });
    reader.on("required", [&](hjson::node const& v, std::string const& path) { p.required = boolean_value(v, path, out).value_or(false); });
    reader.on("default", [&](hjson::node const& v, std::string const& path) { p.default_value = scalar_text(v, path, out); });
    reader.on("choices", [&](hjson::node const& v, std::string const& path) {
        if (auto list = list_value(v, path, out)) p.choices = std::move(*list);
        p.type = parameter_type::choice;
    });
    reader.on("allow_leading_dash",
              [&](hjson::node const& v, std::string const& path) { p.allow_leading_dash = boolean_value(v, path, out).value_or(false); });
    reader.read();
    return p;
}

void read_environment(hjson::node const& n, std::string const& what, diagnostics& out, executor::job& job) {
    if (n.what() != hjson::kind::object) {
        out.problem(n.where(), what, "is " + std::string(hjson::to_string(n.what())) + ", should be an object of names and values");
        return;
    }
    for (hjson::member const& m : n.members()) job.environment.emplace_back(m.key, scalar_text(m.value, what + "." + m.key, out));
}

void read_timeout(hjson::node const& n, std::string const& what, diagnostics& out, executor::job& job) {
    auto const seconds = n.as_integer();
    if (!seconds || *seconds < 1 || *seconds > 7 * 24 * 3600) {
        out.problem(n.where(), what, "should be a number of seconds from 1 to 604800");
        return;
    }
    job.timeout = std::chrono::seconds(*seconds);
}

executor::job read_job(hjson::node const& n, std::string const& what, diagnostics& out) {
    executor::job job;
    object_reader reader(n, what, out);
    reader.text("name", job.name).text("description", job.description).text("folder", job.folder);
    reader.on("argv", [&](hjson::node const& v, std::string const& path) {
        if (auto list = list_value(v, path, out)) job.argv = std::move(*list);
    });
    reader.on("environment", [&](hjson::node const& v, std::string const& path) { read_environment(v, path, out, job); });
    reader.on("timeout", [&](hjson::node const& v, std::string const& path) { read_timeout(v, path, out, job); });
    reader.on("parameters", [&](hjson::node const& v, std::string const& path) {
        job.parameters = read_list<executor::parameter>(v, path, out, read_parameter);
    });
    reader.read();
    return job;
}

executor::project read_project(hjson::node const& n, std::string const& what, diagnostics& out) {
    executor::project project;
    object_reader reader(n, what, out);
    reader.text("name", project.name).text("description", project.description);
    reader.on("jobs",
              [&](hjson::node const& v, std::string const& path) { project.jobs = read_list<executor::job>(v, path, out, read_job); });
    reader.read();
    return project;
}

// Which keys there are depends on it.
std::string type_of(hjson::node const& n) {
    if (n.what() != hjson::kind::object) return {};
    for (hjson::member const& m : n.members()) {
        auto const* text = m.key == "type" ? m.value.as_text() : nullptr;
        if (text != nullptr) return *text;
    }
    return {};
}

ci_config read_server(hjson::node const& n, std::string const& what, diagnostics& out) {
    if (type_of(n) == "semaphore") return read_semaphore_entry(n, what, out);
    ci_config server;
    object_reader reader(n, what, out);
    reader.text("name", server.name).text("type", server.type);
    reader.on("rooms", [&](hjson::node const& v, std::string const& path) { server.rooms = room_list(v, path, out); });
    reader.on("projects", [&](hjson::node const& v, std::string const& path) {
        server.projects = read_list<executor::project>(v, path, out, read_project);
    });
    if (!reader.read()) return server;
    reader.require(server.name, "name", "{\"name\": \"local\", \"type\": \"executor\", …}");
    if (server.type != "executor") {
        constexpr char const* known = "write \"executor\" or \"semaphore\"";
        out.problem(n.where(), what + ".type",
                    server.type.empty() ? "is missing; " + std::string(known) : "`" + server.type + "` is not a known type; " + known);
    }
    return server;
}

// It is also a folder's name.
bool is_server_name(std::string_view name) {
    auto const fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !name.empty() && name.size() <= 64 && name.front() != '-' && std::all_of(name.begin(), name.end(), fits);
}

bool is_number(std::string_view name) { return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos; }

// Projects and jobs are also called by their number in the list.
void warn_of_numbers(ci_config const& server, hjson::node const& section, std::size_t index, diagnostics& out) {
    auto const warn = [&](std::string const& path, std::string const& name) {
        if (is_number(name))
            out.warning(locate(section, path), "ci" + path,
                        "`" + name + "` can be taken for a number of the list; give it a name with a letter");
    };
    for (std::size_t p = 0; p < server.projects.size(); ++p) {
        std::string const project = "[" + std::to_string(index) + "].projects[" + std::to_string(p) + "]";
        warn(project, server.projects[p].name);
        for (std::size_t j = 0; j < server.projects[p].jobs.size(); ++j) {
            warn(project + ".jobs[" + std::to_string(j) + "]", server.projects[p].jobs[j].name);
        }
    }
}

// What reading alone cannot see: names that are taken, placeholders without a parameter, programs that are no program.
void check_definitions(ci_config const& server, hjson::node const& section, std::size_t index, diagnostics& out) {
    std::string const relative = "[" + std::to_string(index) + "]";
    for (executor::problem const& p : executor::validate(server.projects)) {
        std::string const path = relative + "." + p.path;
        out.problem(locate(section, path), "ci" + path, p.hint.empty() ? p.message : p.message + "; " + p.hint);
    }
}

}  // namespace

std::vector<ci_config> read_ci_section(hjson::node const& section, diagnostics& out) {
    auto servers = read_list<ci_config>(section, "ci", out, read_server);
    std::set<std::string> names;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        std::string const what = "ci[" + std::to_string(i) + "]";
        if (!servers[i].name.empty() && !is_server_name(servers[i].name)) {
            out.problem(section.items()[i].where(), what + ".name",
                        "`" + servers[i].name + "` is no name of a server: 1 to 64 letters, digits, '-' and '_', like \"local\"");
        }
        if (!servers[i].name.empty() && !names.insert(servers[i].name).second) {
            out.problem(section.items()[i].where(), what + ".name", "`" + servers[i].name + "` is taken by an earlier server");
        }
        if (servers[i].type == "executor") check_definitions(servers[i], section, i, out);
        warn_of_numbers(servers[i], section, i, out);
    }
    return servers;
}

}  // namespace chatrixcd::bot
