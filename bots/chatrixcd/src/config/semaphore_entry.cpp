// SPDX-License-Identifier: Apache-2.0
#include "config/semaphore_entry.hpp"

#include <chatrixcd/base/url.hpp>

#include "config/object_reader.hpp"
#include "config/values.hpp"

namespace chatrixcd::bot {
namespace {

constexpr std::int64_t most_requests = 64;

// Projects are named, or given by their number.
std::vector<std::string> project_words(hjson::node const& n, std::string const& what, diagnostics& out) {
    std::vector<std::string> words;
    if (n.what() != hjson::kind::list) {
        out.problem(n.where(), what, "is " + std::string(hjson::to_string(n.what())) + ", should be a list of names: [\"web\"]");
        return words;
    }
    for (hjson::node const& item : n.items()) {
        if (auto const* text = item.as_text()) {
            words.push_back(*text);
        } else {
            out.problem(item.where(), what + "[" + std::to_string(words.size()) + "]", "should be the name of a project, or its number");
        }
    }
    return words;
}

push_config read_push(hjson::node const& n, std::string const& what, diagnostics& out) {
    push_config push;
    object_reader reader(n, what, out);
    reader.on("key", [&](hjson::node const& v, std::string const& path) {
        if (auto source = secret_value(v, path, out)) push.key = std::move(*source);
    });
    reader.on("unsigned_alerts",
              [&](hjson::node const& v, std::string const& path) { push.unsigned_alerts = boolean_value(v, path, out).value_or(false); });
    reader.on("alert_token", [&](hjson::node const& v, std::string const& path) {
        if (auto source = secret_value(v, path, out)) push.alert_token = std::move(*source);
    });
    if (!reader.read()) return push;
    if (push.key.from == secret_source::kind::none && !push.unsigned_alerts) {
        out.problem(
            n.where(), what,
            "takes nothing: add \"key\": {\"file\": \"/etc/chatrixcd/push-key\"} for signed webhooks, or \"unsigned_alerts\": true for "
            "Semaphore's own alerts");
    }
    if (push.alert_token.from != secret_source::kind::none && !push.unsigned_alerts) {
        out.problem(n.where(), what, "has `alert_token` without \"unsigned_alerts\": true, and takes no alerts");
    }
    return push;
}

}  // namespace

std::optional<std::string> wrong_url(std::string const& url) {
    auto const parsed = base::parse_url(url);
    if (!parsed) return "`" + url + "` is " + parsed.error().message() + "; write it as in the browser: https://ci.example.org";
    return std::nullopt;
}

bool is_unprotected(std::string const& url) {
    auto const parsed = base::parse_url(url);
    if (!parsed || parsed->tls) return false;
    return parsed->host != "localhost" && parsed->host != "::1" && !parsed->host.starts_with("127.");
}

ci_config read_semaphore_entry(hjson::node const& n, std::string const& what, diagnostics& out) {
    ci_config server;
    auto& of = server.semaphore;
    object_reader reader(n, what, out);
    reader.text("name", server.name).text("type", server.type).text("url", of.url).text("ca_file", of.ca_file);
    reader.text("client_certificate", of.client_certificate).text("client_key", of.client_key);
    reader.on("token", [&](hjson::node const& v, std::string const& path) {
        if (auto source = secret_value(v, path, out)) of.token = std::move(*source);
    });
    reader.on("push", [&](hjson::node const& v, std::string const& path) { of.push = read_push(v, path, out); });
    reader.on("requests_at_once", [&](hjson::node const& v, std::string const& path) {
        auto const number = v.as_integer();
        if (!number || *number < 1 || *number > most_requests) {
            out.problem(v.where(), path, "should be a number from 1 to " + std::to_string(most_requests));
        } else {
            of.requests_at_once = *number;
        }
    });
    reader.on("rooms", [&](hjson::node const& v, std::string const& path) { server.rooms = room_list(v, path, out); });
    reader.on("projects", [&](hjson::node const& v, std::string const& path) { of.projects = project_words(v, path, out); });
    if (!reader.read()) return server;
    reader.require(server.name, "name", "{\"name\": \"ci\", \"type\": \"semaphore\", …}");
    reader.require(of.url, "url", "\"url\": \"https://ci.example.org\"");
    if (of.token.from == secret_source::kind::none) {
        reader.require(std::string(), "token", "\"token\": {\"file\": \"/etc/chatrixcd/semaphore\"}");
    }
    if (auto const wrong = of.url.empty() ? std::nullopt : wrong_url(of.url)) out.problem(n.where(), what + ".url", *wrong);
    return server;
}

}  // namespace chatrixcd::bot
