// SPDX-License-Identifier: Apache-2.0
// Anybody in a room may send an event that is nested deeper than we parse; the answer that has it among others must still be read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chatrixcd::matrix::detail {

// The JSON text with null for each array and object that would be more than `most` levels deep. Linear, without recursion. What is no
// JSON stays none.
std::string shallow_json(std::string_view text, std::size_t most);

}  // namespace chatrixcd::matrix::detail
