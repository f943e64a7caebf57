// SPDX-License-Identifier: Apache-2.0
#include "config/semaphore_entry.hpp"

#include <chatrixcd/base/url.hpp>

#include "config/object_reader.hpp"
#include "config/values.hpp"

namespace chatrixcd::bot {
namespace {

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
