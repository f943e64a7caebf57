// SPDX-License-Identifier: Apache-2.0
// The placeholders of an argument or of the value of a variable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::executor {

// What `{run.key}` names. No parameter is called so: names hold no dot.
inline constexpr std::string_view run_key_name = "run.key";

struct piece {
    bool is_placeholder = false;
    std::string text;  // of a placeholder: the parameter's name, or run_key_name
};

// Neighbouring literals are one piece.
std::vector<piece> parse_template(std::string_view text);

}  // namespace chatrixcd::executor
