// SPDX-License-Identifier: Apache-2.0
// Where a text may be cut so that its parts fit into events. Texts are valid UTF-8 (repaired_utf8()).
#pragma once

#include <cstddef>
#include <string_view>

namespace chatrixcd::matrix::detail {

// How many bytes the text has inside a JSON string (RFC 8259, section 7, as Boost.JSON and canonical JSON write it).
std::size_t json_cost(std::string_view text) noexcept;

// The longest prefix, in bytes, that ends between two code points and costs no more than `budget`.
std::size_t longest_prefix(std::string_view text, std::size_t budget) noexcept;

// A place at or before `limit` (a boundary of code points) that does not tear what is shown as one: before a combining mark, a variation
// selector or a skin tone, beside a joiner, between two regional indicators. Looks back 64 bytes at most, so that hostile text costs
// little.
std::size_t whole_characters(std::string_view text, std::size_t limit) noexcept;

// The best place to cut at or before `limit`: after an empty line or a line in the second half, after a word in the last quarter, or
// between two characters. 0 only if limit is 0.
std::size_t good_place(std::string_view text, std::size_t limit) noexcept;

}  // namespace chatrixcd::matrix::detail
