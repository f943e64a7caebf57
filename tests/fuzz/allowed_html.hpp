// SPDX-License-Identifier: Apache-2.0
// A judge of its own for HTML in messages (client-server API, "m.room.message msgtypes"); knows nothing of how it was made.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::fuzz {

inline bool is_one_of(std::string_view text, std::initializer_list<std::string_view> known) {
    return std::find(known.begin(), known.end(), text) != known.end();
}

// The attributes of an element, as they stand between its name and the '>'.
inline bool are_allowed(std::string_view element, std::string_view attributes) {
    if (attributes.empty()) return true;
    auto const begins = element == "a" ? std::string_view(" href=\"") : element == "code" ? " class=\"language-" : " start=\"";
    if (!is_one_of(element, {"a", "code", "ol"}) || !attributes.starts_with(begins) || !attributes.ends_with('"')) return false;
    auto const value = attributes.substr(begins.size(), attributes.size() - begins.size() - 1);
    if (value.find_first_of("\"<>") != std::string_view::npos || attributes.size() <= begins.size()) return false;
    if (element == "ol") return !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
    if (element == "code") return value.find_first_of(" &'=") == std::string_view::npos;
    auto const scheme = value.substr(0, value.find(':'));
    std::string lower(scheme);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return is_one_of(lower, {"https", "http", "ftp", "mailto", "magnet"});
}

inline bool is_allowed_html(std::string_view html) {
    constexpr std::size_t deepest = 100;
    std::vector<std::string_view> open;
    for (std::size_t at = html.find_first_of("<>"); at != std::string_view::npos; at = html.find_first_of("<>", at)) {
        auto const end = html.find('>', at);
        if (html[at] == '>' || end == std::string_view::npos) return false;
        auto tag = html.substr(at + 1, end - at - 1);
        at = end + 1;
        bool const closes = tag.starts_with('/');
        if (closes) tag.remove_prefix(1);
        auto const name = tag.substr(0, tag.find(' '));
        if (is_one_of(tag, {"br", "hr"}) && !closes) continue;
        if (!is_one_of(name, {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "em", "strong", "del",
                              "a"})) {
            return false;
        }
        if (closes && (open.empty() || open.back() != name || tag != name)) return false;
        if (!closes && (!are_allowed(name, tag.substr(name.size())) || open.size() == deepest)) return false;
        if (closes) {
            open.pop_back();
        } else {
            open.push_back(name);
        }
    }
    return open.empty();
}

}  // namespace chatrixcd::fuzz
