// SPDX-License-Identifier: Apache-2.0
// Lines of a log as a room can show them: harmless, and small enough for one message.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chatrixcd::chatops::runs {

// At most the last `most_lines` lines, each cut to 400 bytes, at most 12000 bytes in all, with a marker where the size left something out.
std::string log_text(std::vector<std::string> const& lines, std::size_t most_lines);

}  // namespace chatrixcd::chatops::runs
