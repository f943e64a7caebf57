// SPDX-License-Identifier: Apache-2.0
#include "definition/template.hpp"

#include <utility>

#include "definition/names.hpp"

namespace chatrixcd::executor {

namespace {

// The name in "{name}" at the beginning of `text`; empty if there is none.
std::string_view name_in_braces(std::string_view text) {
    if (text.empty() || text.front() != '{') return {};
    auto const end = text.find('}');
    if (end == std::string_view::npos) return {};
    auto const name = text.substr(1, end - 1);
    return is_parameter_name(name) || name == run_key_name ? name : std::string_view();
}

}  // namespace

std::vector<piece> parse_template(std::string_view text) {
    std::vector<piece> pieces;
    std::string literal;
    auto const end_literal = [&] {
        if (!literal.empty()) pieces.push_back({false, std::exchange(literal, {})});
    };
    while (!text.empty()) {
        auto const doubled = text.front() == '{' ? name_in_braces(text.substr(1)) : std::string_view();
        if (!doubled.empty() && text.substr(doubled.size() + 3).starts_with('}')) {
            literal.append("{").append(doubled).append("}");
            text.remove_prefix(doubled.size() + 4);
        } else if (auto const name = name_in_braces(text); !name.empty()) {
            end_literal();
            pieces.push_back({true, std::string(name)});
            text.remove_prefix(name.size() + 2);
        } else {
            literal += text.front();
            text.remove_prefix(1);
        }
    }
    end_literal();
    return pieces;
}

}  // namespace chatrixcd::executor
