// SPDX-License-Identifier: Apache-2.0
// Makes foreign text harmless to whatever shows it: valid UTF-8, no control characters, no terminal sequences, no change of direction.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::chatops::text {

// Keeps line breaks and tabs. CR LF and a lone CR become a line break (progress bars); terminal sequences (ECMA-48 CSI, OSC and two-byte
// escapes) vanish; other control characters, bidirectional controls and invalid bytes become U+FFFD.
std::string clean(std::string_view foreign);

// As clean(), with line breaks and tabs as one space.
std::string clean_line(std::string_view foreign);

}  // namespace chatrixcd::chatops::text
