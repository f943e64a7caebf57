// SPDX-License-Identifier: Apache-2.0
// The three ways to write a text, of which one may turn out to be a number or a word.
#pragma once

#include <string>

#include "hjson/cursor.hpp"

namespace chatrixcd::hjson {

// "…" or '…' with JSON's escapes, within one line; the cursor stands on its first quotation mark.
base::result<std::string> read_quoted(cursor& at);
// '''…''' over several lines: as much of each line's indentation as the opening has before it is dropped, and so are the line break
// after the opening and the one before the end.
base::result<std::string> read_multiline(cursor& at);
// Without quotation marks: null, true, false or a number if that is all there is before the next , ] } or comment; else a text that
// goes to the end of its line, whatever it holds.
node read_unquoted(cursor& at);

}  // namespace chatrixcd::hjson
