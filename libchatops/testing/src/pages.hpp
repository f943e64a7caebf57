// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <vector>

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::testing {

// A cursor that is an offset, in decimal; empty: 0.
inline ci::result<std::size_t> offset_of(std::string const& cursor) {
    std::size_t offset = 0;
    if (cursor.empty()) return offset;
    auto const [end, problem] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), offset);
    if (problem != std::errc() || end != cursor.data() + cursor.size()) {
        return base::error(base::error_kind::invalid, "This cursor is none of mine.");
    }
    return offset;
}

template <class T>
ci::result<ci::page<T>> page_of(std::vector<T> const& all, ci::page_request const& which) {
    auto const offset = offset_of(which.cursor);
    if (!offset) return offset.error();
    ci::page<T> out;
    auto const first = std::min(*offset, all.size());
    auto const last = std::min(all.size(), first + std::clamp<std::size_t>(which.limit, 1, 1000));
    out.items.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(last));
    if (last < all.size()) out.next = std::to_string(last);
    return out;
}

}  // namespace chatrixcd::chatops::testing
