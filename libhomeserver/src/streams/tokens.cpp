// SPDX-License-Identifier: Apache-2.0
#include "streams/tokens.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>

namespace chatrixcd::homeserver {

namespace {

// `sigil`, then as many numbers as there are places, joined by '_'.
bool read_numbers(std::string_view text, char sigil, std::span<std::int64_t> into) {
    if (text.empty() || text.front() != sigil) return false;
    for (auto& number : into) {
        text.remove_prefix(1);
        auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (problem != std::errc() || number < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.empty() && text.front() != '_') return false;
        if (text.empty() && &number != &into.back()) return false;
    }
    return text.empty();
}

}  // namespace

std::string sync_token::str(std::string_view store) const {
    return fmt::format("s{}_{}_{}_{}_{}_{}_{}.{}", events, receipts, account_data, typing, to_device, presence, keys, store);
}

std::optional<sync_token> sync_token::parse(std::string_view text, std::string_view store) {
    auto const dot = text.find('.');
    bool const names_store = dot != std::string_view::npos;
    if (names_store && text.substr(dot + 1) != store) return std::nullopt;
    auto const places = text.substr(0, dot);
    std::array<std::int64_t, 7> numbers{};
    auto const first = [&numbers](std::size_t count) { return std::span(numbers).first(count); };
    bool const read =
        names_store ? read_numbers(places, 's', numbers) || read_numbers(places, 's', first(6)) : read_numbers(places, 's', first(4));
    if (!read) return std::nullopt;
    return sync_token{numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]};
}

std::string format_place(position const& where) { return fmt::format("t{}_{}", where.depth, where.stream); }

std::optional<position> parse_place(std::string_view text) {
    std::array<std::int64_t, 2> numbers{};
    if (!read_numbers(text, 't', numbers)) return std::nullopt;
    return position{numbers[0], numbers[1]};
}

}  // namespace chatrixcd::homeserver
