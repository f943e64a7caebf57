// SPDX-License-Identifier: Apache-2.0
// Tables: aligned columns if they fit, else one list item a row.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops::text {

// The rows with their header, columns two blanks apart, or nothing if a line would take more than `columns`.
std::optional<std::string> aligned(table const& what, std::size_t columns);

// The rows as list items: the first cell strong, then "header value" for each other cell that is not empty.
std::vector<line> as_items(table const& what);

}  // namespace chatrixcd::chatops::text
