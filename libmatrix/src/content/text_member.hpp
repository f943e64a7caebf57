// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

namespace chatrixcd::matrix::detail {

// A string member, looked at where it lies; empty if it is missing or something else.
inline std::string_view text_member(boost::json::object const& from, std::string_view key) noexcept {
    auto const* value = from.if_contains(key);
    if (value == nullptr || !value->is_string()) return {};
    auto const& text = value->get_string();
    return std::string_view(text.data(), text.size());
}

}  // namespace chatrixcd::matrix::detail
