// SPDX-License-Identifier: Apache-2.0
// The HTML that Matrix allows in messages (client-server API, "m.room.message msgtypes").
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include <chatrixcd/matrix/markdown.hpp>

#include "content/html_cutter.hpp"

namespace chatrixcd::matrix {

namespace {

using words = std::initializer_list<std::string_view>;

constexpr std::size_t most_depth = 100;

bool is_in(std::string_view word, words const& list) { return std::find(list.begin(), list.end(), word) != list.end(); }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

bool is_allowed(std::string const& name) {
    return is_in(name,
                 {"del",   "h1",    "h2", "h3", "h4", "h5",      "h6",  "blockquote", "p",    "a",       "ul",      "ol",   "sup",
                  "sub",   "li",    "b",  "i",  "u",  "strong",  "em",  "s",          "code", "hr",      "br",      "div",  "table",
                  "thead", "tbody", "tr", "th", "td", "caption", "pre", "span",       "img",  "details", "summary", "font", "strike"});
}

bool may_have(std::string const& element, std::string const& attribute) {
    if (element == "span") return is_in(attribute, {"data-mx-bg-color", "data-mx-color", "data-mx-spoiler", "data-mx-maths"});
    if (element == "font") return is_in(attribute, {"data-mx-bg-color", "data-mx-color", "color"});
    if (element == "a") return is_in(attribute, {"name", "target", "href"});
    if (element == "img") return is_in(attribute, {"width", "height", "alt", "title", "src"});
    if (element == "ol") return attribute == "start";
    if (element == "code") return attribute == "class";
    if (element == "div") return attribute == "data-mx-maths";
    return false;
}

bool begins(std::string_view text, words const& with) {
    return std::any_of(with.begin(), with.end(), [&](auto one) { return text.substr(0, one.size()) == one; });
}

struct attribute {
    std::string name;
    std::string value;
};

std::vector<attribute> attributes_of(std::string_view text) {
    std::vector<attribute> found;
    constexpr std::string_view space = " \t\r\n/";
    for (;;) {
        auto const begin = text.find_first_not_of(space);
        if (begin == std::string_view::npos) return found;
        text.remove_prefix(begin);
        auto const end = std::min(text.find_first_of(" \t\r\n/=", 1), text.size());
        attribute one;
        one.name = lower(text.substr(0, end));
        text.remove_prefix(end);
        if (!text.empty() && text.front() == '=') {
            text.remove_prefix(1);
            bool const quoted = !text.empty() && (text.front() == '"' || text.front() == '\'');
            auto const stop = quoted ? text.find(text.front(), 1) : text.find_first_of(" \t\r\n");
            one.value = std::string(quoted ? text.substr(1, stop == std::string_view::npos ? stop : stop - 1) : text.substr(0, stop));
            text.remove_prefix(stop == std::string_view::npos ? text.size() : stop + (quoted ? 1 : 0));
        }
        found.push_back(std::move(one));
    }
}

std::optional<std::string> problem_of(detail::html_token const& tag) {
    auto const name = lower(tag.name);
    if (!is_allowed(name)) return "<" + name + "> is not allowed";
    for (auto const& one : attributes_of(tag.attributes)) {
        if (!may_have(name, one.name)) return "<" + name + "> may not have the attribute " + one.name;
        auto const value = lower(one.value);
        if (one.name == "href" && !begins(value, {"https://", "http://", "ftp://", "mailto:", "magnet:"})) {
            return std::string("a link must begin with https, http, ftp, mailto or magnet");
        }
        if (one.name == "src" && !begins(value, {"mxc://"})) return std::string("an image must have an mxc:// address");
        if (one.name == "class" && !begins(value, {"language-"})) return std::string("a class must begin with language-");
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> html_problem(std::string_view html) {
    std::vector<std::string> open;
    for (std::size_t at = 0; at < html.size();) {
        auto const token = detail::next_token(html, at);
        if (!token) return "no tag begins at byte " + std::to_string(at) + ": write &lt;";
        at += token->source.size();
        using kind = detail::html_token::kind;
        if (token->what == kind::text) continue;
        if (token->what == kind::closing) {
            if (open.empty() || open.back() != lower(token->name)) return "</" + lower(token->name) + "> closes nothing";
            open.pop_back();
            continue;
        }
        if (auto problem = problem_of(*token)) return problem;
        if (token->what == kind::opening) open.push_back(lower(token->name));
        if (open.size() > most_depth) return std::string("more than 100 elements inside one another");
    }
    if (!open.empty()) return "<" + open.back() + "> is not closed";
    return std::nullopt;
}

}  // namespace chatrixcd::matrix
