// SPDX-License-Identifier: Apache-2.0
// Members of an object that may be missing or of another type, which is the same as missing.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/json_reader.hpp>

#include "values/time.hpp"

namespace chatrixcd::semaphore::detail {

inline std::string text_of(boost::json::object const& from, std::string_view key) {
    return base::find_string(from, key).value_or(std::string());
}
inline std::optional<std::string> some_text_of(boost::json::object const& from, std::string_view key) {
    auto text = base::find_string(from, key);
    if (text && text->empty()) text.reset();
    return text;
}
inline std::int64_t number_of(boost::json::object const& from, std::string_view key) { return base::find_integer(from, key).value_or(0); }
inline std::optional<bool> some_flag_of(boost::json::object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}
inline bool flag_of(boost::json::object const& from, std::string_view key) { return some_flag_of(from, key).value_or(false); }
inline std::optional<base::time_point> time_of(boost::json::object const& from, std::string_view key) {
    auto const text = base::find_string(from, key);
    return text ? parse_time(*text) : std::nullopt;
}
// Zero is nothing: what was null on older servers.
template <class Id>
std::optional<Id> id_of(boost::json::object const& from, std::string_view key) {
    auto const number = number_of(from, key);
    return number == 0 ? std::nullopt : std::optional(Id(number));
}

}  // namespace chatrixcd::semaphore::detail
