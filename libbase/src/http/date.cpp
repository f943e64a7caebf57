// SPDX-License-Identifier: Apache-2.0
#include "http/date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

namespace chatrixcd::base::http {

namespace {

constexpr std::size_t max_date = 40;

std::vector<std::string_view> words_of(std::string_view text) {
    constexpr std::string_view between = " ,-:";
    std::vector<std::string_view> words;
    for (auto from = text.find_first_not_of(between); from != std::string_view::npos; from = text.find_first_not_of(between, from)) {
        auto const to = std::min(text.find_first_of(between, from), text.size());
        words.push_back(text.substr(from, to - from));
        from = to;
    }
    return words;
}

std::optional<unsigned> number(std::string_view word) {
    unsigned value = 0;
    auto const [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failure != std::errc() || end != word.data() + word.size() || word.size() > 4) return std::nullopt;
    return value;
}

std::optional<unsigned> month(std::string_view word) {
    constexpr std::array<std::string_view, 12> names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) return std::nullopt;
    return static_cast<unsigned>(found - names.begin()) + 1;
}

}  // namespace

std::optional<time_point> parse_date(std::string_view text) {
    if (text.size() > max_date) return std::nullopt;
    auto const words = words_of(text);
    // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
    bool const usual = words.size() == 8 && words[7] == "GMT";
    if (!usual && words.size() != 7) return std::nullopt;
    auto const day = number(words[usual ? 1 : 2]);
    auto const month_number = month(words[usual ? 2 : 1]);
    auto year = number(words[usual ? 3 : 6]);
    std::size_t const clock = usual ? 4 : 3;
    auto const hours = number(words[clock]);
    auto const minutes = number(words[clock + 1]);
    auto const seconds = number(words[clock + 2]);
    if (!day || !month_number || !year || !hours || !minutes || !seconds) return std::nullopt;
    if (*year < 100) *year += *year < 70 ? 2000 : 1900;
    auto const date = std::chrono::year(static_cast<int>(*year)) / std::chrono::month(*month_number) / std::chrono::day(*day);
    if (!date.ok() || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
    return time_point(std::chrono::sys_days(date)) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
           std::chrono::seconds(*seconds);
}

}  // namespace chatrixcd::base::http
