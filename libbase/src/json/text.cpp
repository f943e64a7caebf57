// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/json_text.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace chatrixcd::base {

namespace json = boost::json;

namespace {

bool must_be_escaped(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void append_escaped(std::string& to, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"':
            to += "\\\"";
            return;
        case '\\':
            to += "\\\\";
            return;
        case '\b':
            to += "\\b";
            return;
        case '\f':
            to += "\\f";
            return;
        case '\n':
            to += "\\n";
            return;
        case '\r':
            to += "\\r";
            return;
        case '\t':
            to += "\\t";
            return;
        default:
            break;
    }
    auto const code = static_cast<unsigned char>(c);
    to += "\\u00";
    to += digits[code >> 4U];
    to += digits[code & 0xFU];
}

template <class Integer>
void append_integer(std::string& to, Integer number) {
    char digits[24];
    auto const end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    to.append(std::begin(digits), end);
}

void append_array(std::string& to, json::array const& from) {
    to += '[';
    bool first = true;
    for (auto const& value : from) {
        if (!first) to += ',';
        first = false;
        append_json(to, value);
    }
    to += ']';
}

}  // namespace

void append_json(std::string& to, std::string_view text) {
    to += '"';
    while (!text.empty()) {
        auto const* const stop = std::find_if(text.begin(), text.end(), must_be_escaped);
        auto const plain = static_cast<std::size_t>(stop - text.begin());
        to.append(text, 0, plain);
        if (stop == text.end()) break;
        append_escaped(to, *stop);
        text.remove_prefix(plain + 1);
    }
    to += '"';
}

void append_json(std::string& to, json::object const& from) {
    to += '{';
    bool first = true;
    for (auto const& entry : from) {
        if (!first) to += ',';
        first = false;
        append_json(to, std::string_view(entry.key().data(), entry.key().size()));
        to += ':';
        append_json(to, entry.value());
    }
    to += '}';
}

void append_json(std::string& to, json::value const& from) {
    switch (from.kind()) {
        case json::kind::null:
            to += "null";
            return;
        case json::kind::bool_:
            to += from.get_bool() ? "true" : "false";
            return;
        case json::kind::int64:
            append_integer(to, from.get_int64());
            return;
        case json::kind::uint64:
            append_integer(to, from.get_uint64());
            return;
        case json::kind::double_:
            // Boost's own form says that it was no integer.
            to += std::isfinite(from.get_double()) ? json::serialize(from) : "null";
            return;
        case json::kind::string:
            append_json(to, std::string_view(from.get_string().data(), from.get_string().size()));
            return;
        case json::kind::array:
            append_array(to, from.get_array());
            return;
        case json::kind::object:
            append_json(to, from.get_object());
            return;
    }
}

}  // namespace chatrixcd::base
