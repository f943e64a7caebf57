// SPDX-License-Identifier: Apache-2.0
#include "words/quoted.hpp"

#include <algorithm>

#include "render/clean.hpp"
#include "render/utf8.hpp"

namespace chatrixcd::chatops::text {
namespace {

constexpr std::size_t shown_columns = 60;

// “ ” „ ‟: they close a quotation like the plain one.
bool is_typographic_quote(std::string_view from) {
    return from.size() > 2 && from.starts_with("\xE2\x80") && from[2] >= '\x9C' && from[2] <= '\x9F';
}

bool needs_quotes(char c) {
    return c == ' ' || c == '\t' || c == '\'' || c == '"' || c == '\\' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

}  // namespace

std::string quoted(std::string_view word) {
    auto shown = clean_line(word);
    if (columns_of(shown) > shown_columns) shown = shown.substr(0, prefix_within(shown, shown_columns - 1)) + "…";
    std::replace(shown.begin(), shown.end(), '`', '\'');
    return "`" + shown + "`";
}

std::string as_argument(std::string_view word) {
    bool const plain = !word.empty() && word.front() != '-' && std::none_of(word.begin(), word.end(), needs_quotes);
    if (plain) return std::string(word);
    std::string out = "\"";
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '"' || word[i] == '\\' || is_typographic_quote(word.substr(i))) out += '\\';
        out += word[i];
    }
    return out + "\"";
}

}  // namespace chatrixcd::chatops::text
