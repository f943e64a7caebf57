// SPDX-License-Identifier: Apache-2.0
#include "media/headers.hpp"

#include <algorithm>

#include <chatrixcd/base/text.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::matrix::detail {

namespace {

using base::text::trimmed;

constexpr std::string_view blanks = " \t";  // RFC 9110, section 5.6.3

bool same_word(std::string_view a, std::string_view b) {
    auto const small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return small(x) == small(y); });
}

// Takes the value of one parameter off the front: a quoted string, or all up to ';'.
std::string take_value(std::string_view& rest) {
    std::string value;
    if (!rest.starts_with('"')) {
        auto const end = std::min(rest.find(';'), rest.size());
        value = trimmed(rest.substr(0, end), blanks);
        rest.remove_prefix(end);
        return value;
    }
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() != '"') {
        if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        value += rest.front();
        rest.remove_prefix(1);
    }
    rest.remove_prefix(std::min(std::min(rest.find(';'), rest.size()), rest.size()));
    return value;
}

// "UTF-8''na%C3%AFve.txt" (RFC 8187); other character sets are not read.
std::string extended(std::string const& value) {
    auto const first = value.find('\'');
    auto const second = first == std::string::npos ? first : value.find('\'', first + 1);
    if (second == std::string::npos || !same_word(std::string_view(value).substr(0, first), "utf-8")) return {};
    auto decoded = base::percent_decode(std::string_view(value).substr(second + 1));
    return decoded ? std::move(*decoded) : std::string();
}

}  // namespace

std::string disposition_name(std::string_view header) {
    std::string plain;
    std::string better;
    auto rest = header.substr(std::min(header.find(';'), header.size()));
    while (!rest.empty()) {
        rest.remove_prefix(1);
        auto const equals = rest.find_first_of("=;");
        if (equals == std::string_view::npos) break;
        auto const name = trimmed(rest.substr(0, equals), blanks);
        bool const has_value = rest[equals] == '=';
        rest.remove_prefix(equals);
        if (!has_value) continue;
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        auto value = take_value(rest);
        if (same_word(name, "filename*")) {
            better = extended(value);
        } else if (same_word(name, "filename")) {
            plain = std::move(value);
        }
    }
    return better.empty() ? plain : better;
}

}  // namespace chatrixcd::matrix::detail
