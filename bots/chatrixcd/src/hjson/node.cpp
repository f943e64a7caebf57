// SPDX-License-Identifier: Apache-2.0
#include "hjson/node.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace chatrixcd::hjson {

namespace {

template <class Number>
std::optional<Number> parse(std::string_view spelling) {
    Number value{};
    auto const [end, failed] = std::from_chars(spelling.data(), spelling.data() + spelling.size(), value);
    if (failed != std::errc() || end != spelling.data() + spelling.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string to_string(position where) { return std::to_string(where.line) + ":" + std::to_string(where.column); }

std::string_view to_string(kind what) noexcept {
    static constexpr std::array<std::string_view, 6> words = {"null", "true or false", "a number", "a text", "a list", "an object"};
    return words[static_cast<std::size_t>(what)];
}

node::node() noexcept : content_(nullptr) {}
node::node(content value, position where) noexcept : content_(std::move(value)), where_(where) {}
node::node(node const& other) = default;
node::node(node&& other) noexcept = default;
node& node::operator=(node const& other) = default;
node& node::operator=(node&& other) noexcept = default;
node::~node() = default;

std::optional<bool> node::as_boolean() const noexcept {
    auto const* const value = std::get_if<bool>(&content_);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> node::as_integer() const noexcept {
    auto const* const value = std::get_if<number>(&content_);
    if (!value) return std::nullopt;
    if (auto const whole = parse<std::int64_t>(value->spelling)) return whole;
    // 1e3 and 2.0 are whole too; beyond 2^53 a double no longer tells.
    auto const real = parse<double>(value->spelling);
    if (!real || std::trunc(*real) != *real || std::abs(*real) > 9007199254740992.0) return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

std::optional<double> node::as_real() const noexcept {
    auto const* const value = std::get_if<number>(&content_);
    return value ? parse<double>(value->spelling) : std::nullopt;
}

std::string const* node::as_text() const noexcept {
    if (auto const* const value = std::get_if<number>(&content_)) return &value->spelling;
    return std::get_if<std::string>(&content_);
}

node::list const& node::items() const noexcept {
    static list const none;
    auto const* const value = std::get_if<list>(&content_);
    return value ? *value : none;
}

node::object const& node::members() const noexcept {
    static object const none;
    auto const* const value = std::get_if<object>(&content_);
    return value ? *value : none;
}

node const* node::find(std::string_view key) const noexcept {
    auto const& all = members();
    auto const found = std::find_if(all.begin(), all.end(), [&](member const& each) { return each.key == key; });
    return found == all.end() ? nullptr : &found->value;
}

bool operator==(node const& a, node const& b) noexcept { return a.content_ == b.content_; }

position locate(node const& root, std::string_view path) noexcept {
    node const* at = &root;
    while (!path.empty()) {
        node const* next = nullptr;
        if (path.front() == '[') {
            auto const close = std::min(path.find(']'), path.size());
            auto const index = parse<std::size_t>(path.substr(1, close - 1));
            if (index && *index < at->items().size()) next = &at->items()[*index];
            path.remove_prefix(std::min(close + 1, path.size()));
        } else {
            if (path.front() == '.') path.remove_prefix(1);
            auto const key = path.substr(0, path.find_first_of(".["));
            next = at->find(key);
            path.remove_prefix(key.size());
        }
        if (!next) break;
        at = next;
    }
    return at->where();
}

}  // namespace chatrixcd::hjson
