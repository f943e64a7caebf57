// SPDX-License-Identifier: Apache-2.0
// How a C++ type is written in a command: presentation<T> has
//     static std::string name();                                 // for help: "duration"
//     static base::result<T> parse(std::string_view text);       // `invalid`: "\"soon\" is no duration: write it like 90s, 2h or 1h30m"
//     static std::vector<std::string> complete(std::string_view begun);   // what could stand here, if few things can
// A type of your own takes part by a specialisation; an enumeration by one of choice_words.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::chatops {

template <class T>
struct presentation;

// The words of an enumeration:
//     template <> struct choice_words<color> { static std::vector<std::pair<std::string, color>> values(); };
template <class E>
struct choice_words;

namespace detail {
base::result<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most);
base::result<bool> parse_bool(std::string_view text);
base::result<std::chrono::seconds> parse_duration(std::string_view text);
base::error no_such_choice(std::string_view text, std::vector<std::string> const& choices);
std::vector<std::string> beginning_with(std::string_view begun, std::vector<std::string> words);
}  // namespace detail

template <>
struct presentation<std::string> {
    static std::string name() { return "text"; }
    static base::result<std::string> parse(std::string_view text) { return std::string(text); }
    static std::vector<std::string> complete(std::string_view) { return {}; }
};

template <>
struct presentation<bool> {
    static std::string name() { return "yes|no"; }
    static base::result<bool> parse(std::string_view text) { return detail::parse_bool(text); }
    static std::vector<std::string> complete(std::string_view begun) { return detail::beginning_with(begun, {"yes", "no"}); }
};

// Whole numbers that an int64 holds, decimal, within the type's range.
template <std::integral T>
    requires(!std::same_as<T, bool> && (sizeof(T) < 8 || std::is_signed_v<T>))
struct presentation<T> {
    static std::string name() { return "number"; }
    static base::result<T> parse(std::string_view text) {
        auto number = detail::parse_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
        if (!number) return number.error();
        return static_cast<T>(*number);
    }
    static std::vector<std::string> complete(std::string_view) { return {}; }
};

// "90s", "15m", "2h", "1d", "1h30m"; at least a second, at most 366 days.
template <>
struct presentation<std::chrono::seconds> {
    static std::string name() { return "duration"; }
    static base::result<std::chrono::seconds> parse(std::string_view text) { return detail::parse_duration(text); }
    static std::vector<std::string> complete(std::string_view) { return {}; }
};

template <class E>
    requires std::is_enum_v<E>
struct presentation<E> {
    static std::vector<std::string> words() {
        std::vector<std::string> all;
        for (auto const& [word, value] : choice_words<E>::values()) all.push_back(word);
        return all;
    }
    static std::string name() {
        std::string joined;
        for (auto const& word : words()) joined += (joined.empty() ? "" : "|") + word;
        return joined;
    }
    static base::result<E> parse(std::string_view text) {
        for (auto const& [word, value] : choice_words<E>::values()) {
            if (word == text) return value;
        }
        return detail::no_such_choice(text, words());
    }
    static std::vector<std::string> complete(std::string_view begun) { return detail::beginning_with(begun, words()); }
};

template <class T>
struct presentation<std::optional<T>> {
    static std::string name() { return presentation<T>::name(); }
    static base::result<std::optional<T>> parse(std::string_view text) {
        auto value = presentation<T>::parse(text);
        if (!value) return value.error();
        return std::optional<T>(std::move(*value));
    }
    static std::vector<std::string> complete(std::string_view begun) { return presentation<T>::complete(begun); }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace chatrixcd::chatops
