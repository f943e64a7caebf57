// SPDX-License-Identifier: Apache-2.0
// Reads HJSON (https://hjson.github.io/syntax.html), of which JSON and JSON with comments are parts. Strict where the format lets
// mistakes pass: a key given twice is an error, and so is text that is not UTF-8. The root is an object, with or without its braces,
// or a list. No I/O: text in, a tree out.
#pragma once

#include <cstddef>
#include <string_view>

#include <chatrixcd/base/error.hpp>

#include "hjson/node.hpp"

namespace chatrixcd::hjson {

struct limits {
    std::size_t bytes = 1024 * 1024;
    std::size_t depth = 32;  // of lists and objects inside one another
};

// Error `invalid`: "3:7: found '}' where a value belongs", the hint says what would be right. `too_large`: over a limit.
// Every message begins with its line and column.
base::result<node> read(std::string_view text, limits most = {});

}  // namespace chatrixcd::hjson
