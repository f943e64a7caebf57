// SPDX-License-Identifier: Apache-2.0
#include "http/shallow_json.hpp"

#include <algorithm>

namespace chatrixcd::matrix::detail {

namespace {

// Behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (auto i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i + 1;
        }
    }
    return text.size();
}

}  // namespace

std::string shallow_json(std::string_view text, std::size_t most) {
    std::string out;
    out.reserve(text.size());
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        char const c = text[i];
        auto const end = c == '"' ? std::min(end_of_string(text, i), text.size()) : i + 1;
        bool const opens = c == '[' || c == '{';
        bool const closes = (c == ']' || c == '}') && depth > 0;
        if (opens && depth == most) out += "null";
        if (opens) ++depth;
        if (depth <= most) out += text.substr(i, end - i);
        if (closes) --depth;
        i = end;
    }
    return out;
}

}  // namespace chatrixcd::matrix::detail
