// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "json/integer.hpp"

namespace chatrixcd::base {

namespace {

constexpr std::string_view missing = "is missing";
constexpr std::string_view no_string = "is not a string";
constexpr std::string_view no_integer = "is not an integer";
constexpr std::string_view no_boolean = "is not true or false";

// Each reads a value into `out` and says what is wrong with it, or nothing.
std::string_view take(boost::json::value const& value, std::string& out) {
    if (!value.is_string()) return no_string;
    out.assign(value.get_string().data(), value.get_string().size());
    return {};
}

std::string_view take(boost::json::value const& value, std::int64_t& out) {
    auto const number = json::integer(value);
    if (!number) return no_integer;
    out = *number;
    return {};
}

std::string_view take(boost::json::value const& value, bool& out) {
    if (!value.is_bool()) return no_boolean;
    out = value.get_bool();
    return {};
}

template <class T>
std::string_view take(boost::json::value const& value, std::optional<T>& out) {
    T taken{};
    auto const problem = take(value, taken);
    if (problem.empty()) out = std::move(taken);
    return problem;
}

template <class T>
std::string_view take_required(boost::json::value const* value, T& out) {
    return value == nullptr ? missing : take(*value, out);
}

template <class T>
std::string_view take_optional(boost::json::value const* value, T& out) {
    return value == nullptr ? std::string_view() : take(*value, out);
}

}  // namespace

json_reader::json_reader(boost::json::object const& object, std::string where) : object_(&object), where_(std::move(where)) {}

json_reader& json_reader::required(std::string_view key, std::string& out) {
    complain(key, take_required(find(key), out));
    return *this;
}
json_reader& json_reader::required(std::string_view key, std::int64_t& out) {
    complain(key, take_required(find(key), out));
    return *this;
}
json_reader& json_reader::required(std::string_view key, bool& out) {
    complain(key, take_required(find(key), out));
    return *this;
}
json_reader& json_reader::optional(std::string_view key, std::string& out) {
    complain(key, take_optional(find(key), out));
    return *this;
}
json_reader& json_reader::optional(std::string_view key, std::optional<std::string>& out) {
    complain(key, take_optional(find(key), out));
    return *this;
}
json_reader& json_reader::optional(std::string_view key, std::int64_t& out) {
    complain(key, take_optional(find(key), out));
    return *this;
}
json_reader& json_reader::optional(std::string_view key, std::optional<std::int64_t>& out) {
    complain(key, take_optional(find(key), out));
    return *this;
}
json_reader& json_reader::optional(std::string_view key, bool& out) {
    complain(key, take_optional(find(key), out));
    return *this;
}

result<void> json_reader::finish() const {
    if (problem_) return *problem_;
    return {};
}

boost::json::value const* json_reader::find(std::string_view key) const {
    auto const* value = object_->if_contains(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

void json_reader::complain(std::string_view key, std::string_view what) {
    if (what.empty() || problem_) return;
    problem_.emplace(error_kind::protocol, where_ + ": " + std::string(key) + " " + std::string(what));
}

}  // namespace chatrixcd::base
