// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <limits>

#include <chatrixcd/base/json_reader.hpp>

#include "json/integer.hpp"

namespace chatrixcd::base {

std::optional<std::int64_t> json::integer(boost::json::value const& value) {
    constexpr double largest_exact = 9007199254740992.0;
    if (value.is_int64()) return value.get_int64();
    if (!value.is_double()) return std::nullopt;  // a uint64 is one beyond int64
    auto const number = value.get_double();
    if (std::abs(number) > largest_exact || std::trunc(number) != number) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

boost::json::value const* find_path(boost::json::value const& from, std::initializer_list<std::string_view> path) {
    auto const* here = &from;
    for (auto const step : path) {
        auto const* object = here->if_object();
        if (object == nullptr) return nullptr;
        here = object->if_contains(step);
        if (here == nullptr) return nullptr;
    }
    return here;
}

boost::json::object const* find_object(boost::json::object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
}

boost::json::array const* find_array(boost::json::object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    return value == nullptr ? nullptr : value->if_array();
}

std::optional<std::string> find_string(boost::json::object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    auto const* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr) return std::nullopt;
    return std::string(text->data(), text->size());
}

std::optional<std::int64_t> find_integer(boost::json::object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    if (value == nullptr) return std::nullopt;
    return json::integer(*value);
}

}  // namespace chatrixcd::base
