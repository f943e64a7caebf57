// SPDX-License-Identifier: Apache-2.0
#include "config/values.hpp"

#include <algorithm>

#include "hjson/reader.hpp"

namespace chatrixcd::bot {
namespace {

constexpr std::string_view secret_forms = R"(write a string, {"file": "…"}, {"env": "…"}, {"credential": "…"} or {"command": ["…"]})";

void wrong_kind(hjson::node const& n, std::string_view what, std::string_view wanted, diagnostics& out) {
    out.problem(n.where(), what, "is " + std::string(hjson::to_string(n.what())) + ", should be " + std::string(wanted));
}

std::string unknown_choice(std::string_view text, std::vector<std::string_view> const& choices) {
    std::string sentence = "`" + std::string(text) + "` is none of";
    for (std::size_t i = 0; i < choices.size(); ++i) sentence += (i == 0 ? " " : ", ") + std::string(choices[i]);
    return sentence;
}

bool is_choice(key const& k, std::string_view text) {
    return k.choices.empty() || std::find(k.choices.begin(), k.choices.end(), text) != k.choices.end();
}

std::optional<secret_source> named_source(hjson::node const& n, std::string_view what, diagnostics& out) {
    if (n.members().size() != 1) {
        out.problem(n.where(), what, "needs exactly one source; " + std::string(secret_forms));
        return std::nullopt;
    }
    hjson::member const& only = n.members().front();
    std::string const path = std::string(what) + "." + only.key;
    secret_source source;
    if (only.key == "command") {
        auto argv = list_value(only.value, path, out);
        if (!argv) return std::nullopt;
        if (argv->empty()) {
            out.problem(only.value.where(), path, "is empty; write the program and its arguments");
            return std::nullopt;
        }
        source.from = secret_source::kind::command;
        source.command = std::move(*argv);
        return source;
    }
    if (only.key == "file") {
        source.from = secret_source::kind::file;
    } else if (only.key == "env") {
        source.from = secret_source::kind::environment;
    } else if (only.key == "credential") {
        source.from = secret_source::kind::credential;
    } else {
        out.problem(only.where, what, "`" + only.key + "` is no source of a secret; " + std::string(secret_forms));
        return std::nullopt;
    }
    auto name = text_value(only.value, path, out);
    if (!name) return std::nullopt;
    source.name = std::move(*name);
    return source;
}

std::vector<std::string> split_list(std::string const& text) {
    std::vector<std::string> entries;
    std::size_t start = 0;
    while (start <= text.size()) {
        std::size_t const end = std::min(text.find(',', start), text.size());
        std::size_t const first = text.find_first_not_of(' ', start);
        if (first < end) {
            std::size_t const last = text.find_last_not_of(' ', end - 1);
            entries.push_back(text.substr(first, last - first + 1));
        }
        start = end + 1;
    }
    return entries;
}

// {"file": "…"} and the like mean the same everywhere; what is no such object is the secret itself.
std::optional<secret_source> secret_of_text(std::string const& text, std::string const& what, diagnostics& out) {
    if (text.starts_with('{')) {
        auto const document = hjson::read(text);
        if (document && document->what() == hjson::kind::object) return named_source(*document, what, out);
    }
    secret_source source;
    source.from = secret_source::kind::inline_text;
    source.text = base::secret(text);
    return source;
}

}  // namespace

std::optional<std::string> text_value(hjson::node const& n, std::string_view what, diagnostics& out) {
    if (n.what() == hjson::kind::text) return *n.as_text();
    wrong_kind(n, what, "a string", out);
    return std::nullopt;
}

std::optional<bool> boolean_value(hjson::node const& n, std::string_view what, diagnostics& out) {
    if (auto const flag = n.as_boolean()) return *flag;
    wrong_kind(n, what, "true or false", out);
    return std::nullopt;
}

std::optional<std::vector<std::string>> list_value(hjson::node const& n, std::string_view what, diagnostics& out) {
    if (n.what() != hjson::kind::list) {
        wrong_kind(n, what, "a list of strings", out);
        return std::nullopt;
    }
    std::vector<std::string> entries;
    for (hjson::node const& item : n.items()) {
        auto entry = text_value(item, std::string(what) + "[" + std::to_string(entries.size()) + "]", out);
        if (!entry) return std::nullopt;
        entries.push_back(std::move(*entry));
    }
    return entries;
}

std::vector<std::string> room_list(hjson::node const& n, std::string_view what, diagnostics& out) {
    auto list = list_value(n, what, out);
    if (list && list->empty()) out.problem(n.where(), what, "is empty; leave it out if the server is for all of bot.allowed_rooms");
    return list ? std::move(*list) : std::vector<std::string>();
}

std::optional<secret_source> secret_value(hjson::node const& n, std::string_view what, diagnostics& out) {
    if (n.what() == hjson::kind::text) {
        secret_source source;
        if (n.as_text()->empty()) return source;
        source.from = secret_source::kind::inline_text;
        source.text = base::secret(*n.as_text());
        return source;
    }
    if (n.what() == hjson::kind::object) return named_source(n, what, out);
    wrong_kind(n, what, "a secret; " + std::string(secret_forms), out);
    return std::nullopt;
}

bool assign(config& into, key const& k, hjson::node const& n, diagnostics& out) {
    std::string const what = k.path();
    if (auto const* member = std::get_if<text_member>(&k.member)) {
        auto text = text_value(n, what, out);
        if (!text) return false;
        if (!is_choice(k, *text)) {
            out.problem(n.where(), what, unknown_choice(*text, k.choices));
            return false;
        }
        (*member)(into) = std::move(*text);
        return true;
    }
    if (auto const* member = std::get_if<list_member>(&k.member)) {
        auto entries = list_value(n, what, out);
        if (!entries) return false;
        (*member)(into) = std::move(*entries);
        return true;
    }
    auto source = secret_value(n, what, out);
    if (!source) return false;
    std::get<secret_member>(k.member)(into) = std::move(*source);
    return true;
}

std::optional<std::string> assign_text(config& into, key const& k, std::string const& text) {
    if (auto const* member = std::get_if<text_member>(&k.member)) {
        if (!is_choice(k, text)) return unknown_choice(text, k.choices);
        (*member)(into) = text;
    } else if (auto const* list = std::get_if<list_member>(&k.member)) {
        (*list)(into) = split_list(text);
    } else {
        diagnostics out{std::string()};
        auto source = secret_of_text(text, k.path(), out);
        if (!source) return out.problems.front();
        std::get<secret_member>(k.member)(into) = std::move(*source);
    }
    return std::nullopt;
}

}  // namespace chatrixcd::bot
