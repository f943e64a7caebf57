// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/view_json.hpp>

#include "view/json_words.hpp"

namespace chatrixcd::chatops {

namespace {

namespace json = boost::json;

// What is of another shape than expected throws this, inside view_from_json() only.
struct malformed {
    std::string what;
};

json::array const& array_at(json::object const& in, std::string_view key) {
    auto const* found = base::find_array(in, key);
    if (!found) throw malformed{std::string(key) + " is no array"};
    return *found;
}

std::string text_at(json::object const& in, std::string_view key) {
    auto found = base::find_string(in, key);
    if (!found) throw malformed{std::string(key) + " is no text"};
    return std::move(*found);
}

json::object const& as_object(json::value const& from) {
    if (auto const* found = from.if_object()) return *found;
    throw malformed{"an element is no object"};
}

json::array const& as_array(json::value const& from) {
    if (auto const* found = from.if_array()) return *found;
    throw malformed{"an element is no array"};
}

std::string as_text(json::value const& from) {
    if (auto const* found = from.if_string()) return std::string(*found);
    throw malformed{"an element is no text"};
}

std::vector<std::string> words_of(json::array const& from) {
    std::vector<std::string> all;
    for (auto const& one : from) all.push_back(as_text(one));
    return all;
}

line line_from(json::array const& from) {
    line all;
    for (auto const& one : from) {
        auto const& item = as_object(one);
        auto const style = from_word<span_style>(style_words, base::find_string(item, "style").value_or("plain"));
        if (!style) throw malformed{"a style is unknown"};
        all.emplace_back(text_at(item, "text"), *style);
    }
    return all;
}

card card_from(json::object const& from) {
    card out;
    auto const state = from_word<card_state>(state_words, text_at(from, "state"));
    if (!state) throw malformed{"the card's state is unknown"};
    out.state = *state;
    out.title = text_at(from, "title");
    out.summary = text_at(from, "summary");
    for (auto const& one : array_at(from, "facts")) {
        auto pair = words_of(as_array(one));
        if (pair.size() != 2) throw malformed{"a fact is no pair"};
        out.facts.emplace_back(std::move(pair[0]), std::move(pair[1]));
    }
    out.excerpt = text_at(from, "excerpt");
    out.next_commands = words_of(array_at(from, "next"));
    return out;
}

block block_from(json::object const& from) {
    auto const kind = text_at(from, "kind");
    if (kind == "heading") return heading{text_at(from, "text")};
    if (kind == "paragraph") return paragraph{line_from(array_at(from, "content"))};
    if (kind == "code") return code_block{text_at(from, "text")};
    if (kind == "card") return card_from(from);
    if (kind == "bullets") {
        bullet_list out;
        for (auto const& one : array_at(from, "items")) out.items.push_back(line_from(as_array(one)));
        return out;
    }
    if (kind == "table") {
        table out;
        out.header = words_of(array_at(from, "header"));
        for (auto const& one : array_at(from, "rows")) out.rows.push_back(words_of(as_array(one)));
        return out;
    }
    throw malformed{"a block's kind is unknown"};
}

}  // namespace

base::result<view> view_from_json(json::object const& object) {
    auto const version = base::find_integer(object, "v");
    if (!version) return base::error(base::error_kind::protocol, "view: v is missing");
    if (*version > view_form_version) return base::error(base::error_kind::unsupported, "view: written by a newer program");
    try {
        view out;
        for (auto const& one : array_at(object, "blocks")) out.add(block_from(as_object(one)));
        return out;
    } catch (malformed const& m) {
        return base::error(base::error_kind::protocol, "view: " + m.what);
    }
}

}  // namespace chatrixcd::chatops
