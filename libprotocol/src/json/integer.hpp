// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>

namespace chatrixcd::protocol {

// An integer whichever way it came about: parsed ones are signed, those put together in code often not.
inline std::optional<std::int64_t> as_integer(boost::json::value const& value) noexcept {
    if (auto const* number = value.if_int64()) return *number;
    if (auto const* number = value.if_uint64(); number != nullptr && *number <= INT64_MAX) return static_cast<std::int64_t>(*number);
    return std::nullopt;
}

}  // namespace chatrixcd::protocol
