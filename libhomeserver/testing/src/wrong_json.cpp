// SPDX-License-Identifier: Apache-2.0
#include "wrong_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::homeserver::testing::detail {

namespace json = boost::json;

namespace {

constexpr std::size_t depth_of_ours = 128;
constexpr std::size_t deep = 20000;

json::value of_another_type(json::value const& v) {
    if (v.is_string()) return json::array{7};
    if (v.is_object()) return "text";
    if (v.is_array()) return json::object{{"0", true}};
    if (v.is_null()) return 0;
    return json::object();
}

std::string member_text(std::string_view key, std::string_view value) {
    return json::serialize(json::value(key)) + ":" + std::string(value);
}

// The object's members with something added to each, as text.
std::string doubled(json::object const& whole) {
    std::string text = "{";
    for (auto const& member : whole) {
        if (text.size() > 1) text += ",";
        text += member_text(member.key(), json::serialize(member.value())) + ",";
        text += member_text(member.key(), json::serialize(of_another_type(member.value())));
    }
    return text + "}";
}

void enlarge_numbers(std::string& text) {
    std::string out;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) inside = !inside;
        bool const digit = text[i] >= '0' && text[i] <= '9';
        if (inside || !digit) {
            out += text[i];
            continue;
        }
        while (i + 1 < text.size() && std::string_view("0123456789.eE+-").find(text[i + 1]) != std::string_view::npos) ++i;
        out += out.size() % 2 == 0 ? "1e400" : "123456789012345678901234567890";
    }
    text = std::move(out);
}

void break_utf8(std::string& text) {
    std::string out;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text[i] != '"' || (i > 0 && text[i - 1] == '\\')) continue;
        inside = !inside;
        if (inside) out += "\xC0\xAF\xFF";
    }
    text = std::move(out);
}

std::string nested() { return std::string(deep, '[') + std::string(deep, ']'); }

void spoil(std::string& body, wrong how) {
    auto whole = base::parse_json_object(body, depth_of_ours);
    json::object const object = whole ? std::move(*whole) : json::object();
    switch (how) {
        case wrong::no_json:
            body = "<!doctype html>";
            break;
        case wrong::empty:
            body.clear();
            break;
        case wrong::null:
            body = "null";
            break;
        case wrong::array:
            body = "[]";
            break;
        case wrong::cut:
            body.resize(body.size() * 2 / 3);
            break;
        case wrong::types: {
            json::object turned;
            for (auto const& member : object) turned[member.key()] = of_another_type(member.value());
            body = json::serialize(turned);
            break;
        }
        case wrong::deep: {
            auto text = json::serialize(object);
            text.pop_back();
            body = text + (object.empty() ? "" : ",") + R"("deep":)" + nested() + "}";
            break;
        }
        case wrong::huge_numbers:
            enlarge_numbers(body);
            break;
        case wrong::duplicate_keys:
            body = doubled(object);
            break;
        case wrong::invalid_utf8:
            break_utf8(body);
            break;
    }
}

}  // namespace

std::function<void(std::string&)> spoiler(wrong how) {
    return [how](std::string& body) { spoil(body, how); };
}

std::function<void(std::string&)> rewriter(std::function<void(json::object&)> rewrite) {
    return [rewrite = std::move(rewrite)](std::string& body) {
        auto whole = base::parse_json_object(body, depth_of_ours);
        if (!whole) return;
        rewrite(*whole);
        body = json::serialize(*whole);
    };
}

std::string json_of_size(std::size_t bytes) {
    constexpr std::string_view begin = R"({"padding":")";
    constexpr std::string_view end = R"("})";
    std::string text(begin);
    text.append(bytes - std::min(bytes, begin.size() + end.size()), 'x');
    text += end;
    return text;
}

}  // namespace chatrixcd::homeserver::testing::detail
