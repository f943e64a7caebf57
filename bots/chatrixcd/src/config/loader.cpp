// SPDX-License-Identifier: Apache-2.0
#include "config/loader.hpp"

#include <algorithm>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/protocol/ids.hpp>

#include "config/ci_section.hpp"
#include "config/diagnostics.hpp"
#include "config/keys.hpp"
#include "config/listen_address.hpp"
#include "config/semaphore_entry.hpp"
#include "config/values.hpp"
#include "config/verified_entry.hpp"
#include "hjson/reader.hpp"

namespace chatrixcd::bot {
namespace {

std::vector<std::string> known_names(std::string_view section) {
    std::vector<std::string> names;
    for (key const& k : all_keys()) {
        if (k.section == section) names.emplace_back(k.name);
    }
    return names;
}

std::string unknown(std::string_view name, std::vector<std::string> const& candidates) {
    std::string const close = nearest(name, candidates);
    return close.empty() ? "is not a known key and has no effect" : "is not a known key and has no effect; did you mean `" + close + "`?";
}

// Whoever wants to talk to a server that nobody vouches for gives its certificate.
void check_verifying(hjson::member const& m, diagnostics& out) {
    auto const verifies = boolean_value(m.value, "semaphore.ssl_verify", out);
    if (verifies && !*verifies) {
        out.problem(m.where, "semaphore.ssl_verify", "cannot be switched off; name the server's own CA, or certificate, in `ssl_ca_cert`");
    }
}

void read_section(hjson::member const& section, loaded_config& into, diagnostics& out) {
    if (section.value.what() != hjson::kind::object) {
        out.problem(section.value.where(), section.key,
                    "is " + std::string(hjson::to_string(section.value.what())) + ", should be an object { … }");
        return;
    }
    for (hjson::member const& m : section.value.members()) {
        std::string const path = section.key + "." + m.key;
        if (path == "semaphore.ssl_verify") {
            check_verifying(m, out);
            continue;
        }
        key const* k = find_key(path);
        if (k == nullptr) {
            out.warning(m.where, path, unknown(m.key, known_names(section.key)));
        } else if (assign(into.values, *k, m.value, out)) {
            into.origins[path] = out.place(m.value.where());
        }
    }
}

void read_top_level(hjson::member const& m, loaded_config& into, diagnostics& out) {
    if (m.key == "matrix" || m.key == "bot" || m.key == "push" || m.key == "semaphore") {
        read_section(m, into, out);
    } else if (m.key == "ci") {
        into.values.ci = read_ci_section(m.value, out);
        into.origins["ci"] = out.place(m.value.where());
    } else if (m.key != "_config_version") {
        out.warning(m.where, m.key, unknown(m.key, {"matrix", "bot", "push", "semaphore", "ci"}));
    }
}

void read_file(load_request const& from, loaded_config& into, diagnostics& out) {
    auto document = hjson::read(*from.file_text);
    if (!document) {
        // It begins with its line and column.
        out.problems.push_back(from.file_name + ":" + document.error().describe());
        into.readable = false;
        return;
    }
    if (document->what() != hjson::kind::object) {
        out.problem(document->where(), "the file", "should be an object with the sections matrix, bot, push, semaphore and ci");
        return;
    }
    for (hjson::member const& m : document->members()) read_top_level(m, into, out);
}

void read_variables(load_request const& from, loaded_config& into) {
    if (!from.variables) return;
    for (key const& k : all_keys()) {
        std::string const name = k.environment();
        auto const value = from.variables(name);
        if (!value) continue;
        if (auto wrong = assign_text(into.values, k, *value)) {
            into.problems.push_back("the environment variable " + name + ": " + *wrong);
        } else {
            into.origins[k.path()] = "variable " + name;
        }
    }
}

// A variable that looks like ours and is none. Those that hold a secret may be there.
void check_variables(load_request const& from, loaded_config& into) {
    std::vector<std::string> known;
    for (key const& k : all_keys()) {
        known.push_back(k.environment());
        auto const* secret = std::get_if<secret_member>(&k.member);
        if (secret != nullptr) known.push_back((*secret)(into.values).name);
    }
    for (std::string const& name : from.variable_names) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        into.warnings.push_back("the environment variable " + name + ": " + unknown(name, known));
    }
}

void read_overrides(load_request const& from, loaded_config& into) {
    std::vector<std::string> paths;
    for (key const& k : all_keys()) paths.push_back(k.path());
    for (auto const& [path, value] : from.overrides) {
        key const* k = find_key(path);
        if (k == nullptr) {
            std::string const close = nearest(path, paths);
            into.problems.push_back("--set " + path + ": is not a known key" + (close.empty() ? "" : "; did you mean `" + close + "`?"));
        } else if (auto wrong = assign_text(into.values, *k, value)) {
            into.problems.push_back("--set " + path + ": " + *wrong);
        } else {
            into.origins[path] = "command line";
        }
    }
}

// Ids that can never match anything, with the place where they stand.
void check_ids(loaded_config& into) {
    config const& c = into.values;
    auto const wrong = [&](std::string const& path, std::string const& value, std::string_view wanted) {
        into.problems.push_back(into.origins[path] + ": " + path + ": `" + value + "` is not " + std::string(wanted));
    };
    if (!c.matrix.user_id.empty() && !protocol::user_id::parse(c.matrix.user_id)) {
        wrong("matrix.user_id", c.matrix.user_id, "a Matrix id; write it like @bot:example.org");
    }
    for (std::string const& entry : c.matrix.verified) {
        auto const read = read_verified_entry(entry);
        if (read) continue;
        into.problems.push_back(placed(
            into, "matrix.verified",
            "`" + entry + "`: " + read.error().message() + "; write it like \"@you:example.org KEY\", the key as their client shows it"));
    }
    for (std::string const& user : c.bot.admin_users) {
        if (!protocol::user_id::parse(user)) wrong("bot.admin_users", user, "a Matrix id; write it like @you:example.org");
    }
    for (std::string const& room : c.bot.allowed_rooms) {
        if (!protocol::room_id::parse(room)) wrong("bot.allowed_rooms", room, "a room id; write it like !abc:example.org (not an alias)");
    }
    auto const is_allowed = [&](std::string const& room) {
        return std::find(c.bot.allowed_rooms.begin(), c.bot.allowed_rooms.end(), room) != c.bot.allowed_rooms.end();
    };
    for (std::string const& room : c.matrix.pinned_rooms) {
        if (is_allowed(room)) continue;
        into.problems.push_back(
            placed(into, "matrix.pinned_rooms", "`" + room + "` is not in bot.allowed_rooms, so that nobody could let newcomers in there"));
    }
    for (ci_config const& ci : c.ci) {
        for (std::string const& room : ci.rooms) {
            if (is_allowed(room)) continue;
            into.problems.push_back("ci " + ci.name + ": rooms: `" + room +
                                    "` is not in bot.allowed_rooms, so that no command is taken there");
        }
    }
    std::string const& server = c.matrix.homeserver;
    if (server.find("://") != std::string::npos) {
        auto const parsed = base::parse_url(server);
        if (!parsed)
            into.problems.push_back(into.origins["matrix.homeserver"] + ": matrix.homeserver: `" + server + "` is " +
                                    parsed.error().message());
    } else if (!server.empty() && !protocol::server_name::parse(server)) {
        wrong("matrix.homeserver", server, "a URL or a server name; write it like https://matrix.example.org");
    }
}

void check_account(loaded_config& into) {
    auto const missing = [&](std::string_view path) {
        key const& k = *find_key(path);
        into.problems.push_back(k.path() + " is missing (" + std::string(k.meaning) + "): add \"" + std::string(k.name) + "\": \"" +
                                std::string(k.example) + "\" to the section `" + std::string(k.section) + "`, or set " + k.environment());
    };
    config const& c = into.values;
    if (c.matrix.user_id.empty()) missing("matrix.user_id");
    if (c.matrix.homeserver.empty() && c.matrix.user_id.find(':') == std::string::npos) missing("matrix.homeserver");
    bool const has_token = c.matrix.access_token.from != secret_source::kind::none;
    bool const has_password = c.matrix.password.from != secret_source::kind::none;
    if (c.matrix.auth_type == "token" && !has_token) {
        into.problems.push_back("matrix.access_token is missing: matrix.auth_type is \"token\"; add \"access_token\": {\"file\": \"…\"}");
    } else if (!has_token && !has_password) {
        into.problems.push_back(
            "matrix.password is missing: add \"password\": {\"file\": \"/etc/chatrixcd/password\"} to the section `matrix`, or set "
            "CHATRIXCD_MATRIX_PASSWORD");
    }
}

void check_encryption(loaded_config& into) {
    matrix_config const& c = into.values.matrix;
    if (c.encryption != "on" && c.recovery_key.from != secret_source::kind::none) {
        into.warnings.push_back(placed(into, "matrix.recovery_key", "has no effect: matrix.encryption is not \"on\""));
    }
    if (c.encryption != "on" && !c.verified.empty()) {
        into.warnings.push_back(placed(into, "matrix.verified", "has no effect: matrix.encryption is not \"on\""));
    }
    if (c.encryption != "on" && !c.pinned_rooms.empty()) {
        into.warnings.push_back(placed(into, "matrix.pinned_rooms", "has no effect: matrix.encryption is not \"on\""));
    }
}

// The section is one more server.
void adopt_semaphore(loaded_config& into) {
    semaphore_config const& section = into.values.semaphore;
    bool const has_token = section.token.from != secret_source::kind::none;
    if (section.url.empty() && !has_token && section.projects.empty()) return;
    if (section.url.empty()) {
        into.problems.push_back("semaphore.url is missing: add \"url\": \"https://ci.example.org\" to the section `semaphore`");
    } else if (auto const wrong = wrong_url(section.url)) {
        into.problems.push_back(placed(into, "semaphore.url", *wrong));
    }
    if (!has_token) {
        into.problems.push_back(
            "semaphore.api_token is missing: add \"api_token\": {\"file\": \"/etc/chatrixcd/semaphore\"} to the section `semaphore`, "
            "or set CHATRIXCD_SEMAPHORE_API_TOKEN");
    }
    ci_config server;
    server.name = server.type = "semaphore";
    server.semaphore = section;
    auto const has_name = [&](ci_config const& other) { return other.name == server.name; };
    if (std::any_of(into.values.ci.begin(), into.values.ci.end(), has_name)) {
        into.problems.push_back("a server of `ci` is called `semaphore`, as the section `semaphore` is; give it another name");
    }
    into.values.ci.push_back(std::move(server));
}

void warn_of_plain_tokens(loaded_config& into) {
    for (ci_config const& server : into.values.ci) {
        if (!is_unprotected(server.semaphore.url)) continue;
        into.warnings.push_back("ci " + server.name + ": the token goes to " + server.semaphore.url +
                                " unencrypted; use https, or a server on this machine");
    }
}

// The listener, and who it listens for.
void check_push(loaded_config& into) {
    config const& c = into.values;
    if (!c.push.listen.empty()) {
        listen_address unused;
        auto const wrong = read_listen_address(c.push.listen, unused);
        if (!wrong.empty()) into.problems.push_back(placed(into, "push.listen", wrong));
    }
    bool is_needed = false;
    for (ci_config const& server : c.ci) {
        if (!server.semaphore.push) continue;
        is_needed = true;
        if (server.semaphore.push->unsigned_alerts && server.semaphore.push->alert_token.from == secret_source::kind::none) {
            into.warnings.push_back("ci " + server.name + ": whoever reaches " + c.push.listen +
                                    " can make the bot ask this server for news; an `alert_token` keeps others out");
        }
    }
    if (is_needed && c.push.listen.empty()) {
        into.problems.push_back(
            "push.listen is missing: a server of `ci` has `push`; add the section \"push\": {\"listen\": \"127.0.0.1:8480\"}");
    }
    if (!is_needed && !c.push.listen.empty()) {
        into.warnings.push_back(placed(into, "push.listen", "has no effect: no server of `ci` has `push`"));
    }
}

void check_whole(loaded_config& into, bool needs_account) {
    config const& c = into.values;
    if (needs_account) check_account(into);
    if (c.matrix.store_path.empty())
        into.problems.push_back(placed(into, "matrix.store_path", "is empty; name a folder, e.g. /var/lib/chatrixcd"));
    if (c.bot.command_prefix.empty() || c.bot.command_prefix.find(' ') != std::string::npos) {
        into.problems.push_back(placed(into, "bot.command_prefix", "must be one word, e.g. \"!cd\""));
    }
    check_ids(into);
    check_encryption(into);
    warn_of_plain_tokens(into);
    check_push(into);
    if (c.ci.empty()) into.warnings.push_back("ci is empty: there is nothing to run; add a server with projects and jobs");
}

}  // namespace

loaded_config load(load_request from) {
    loaded_config loaded;
    for (key const& k : all_keys()) loaded.origins[k.path()] = "default";
    diagnostics out(from.file_name);
    read_variables(from, loaded);
    if (from.file_text) read_file(from, loaded, out);
    loaded.problems.insert(loaded.problems.end(), out.problems.begin(), out.problems.end());
    loaded.warnings = std::move(out.warnings);
    read_overrides(from, loaded);
    check_variables(from, loaded);
    if (loaded.problems.empty()) adopt_semaphore(loaded);
    if (loaded.problems.empty()) check_whole(loaded, from.needs_account);
    // Without a homeserver its name is the user id's domain; discovery finds the address.
    matrix_config& matrix = loaded.values.matrix;
    if (matrix.homeserver.empty() && matrix.user_id.find(':') != std::string::npos) {
        matrix.homeserver = matrix.user_id.substr(matrix.user_id.find(':') + 1);
        loaded.origins["matrix.homeserver"] = "domain of matrix.user_id";
    }
    return loaded;
}

std::string placed(loaded_config const& loaded, std::string const& path, std::string const& sentence) {
    auto const origin = loaded.origins.find(path);
    bool const has_place = origin != loaded.origins.end() && origin->second != "default";
    return (has_place ? origin->second + ": " : std::string()) + path + ": " + sentence;
}

std::vector<std::string> refusals(loaded_config const& loaded) {
    auto const& bot = loaded.values.bot;
    std::vector<std::string> lines;
    if (bot.admin_users.empty()) {
        lines.push_back(placed(loaded, "bot.admin_users",
                               "is empty, so nobody may command; add \"admin_users\": [\"@you:example.org\"] to the section `bot`"));
    }
    if (bot.allowed_rooms.empty()) {
        lines.push_back(placed(loaded, "bot.allowed_rooms",
                               "is empty, so no room takes commands; add \"allowed_rooms\": [\"!room:example.org\"] to the section `bot`"));
    }
    return lines;
}

}  // namespace chatrixcd::bot
