// SPDX-License-Identifier: Apache-2.0
// A configuration file as a tree, in which every value and every key knows where it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chatrixcd::hjson {

// Both count from 1; columns count characters (code points), not bytes.
struct position {
    std::size_t line = 1;
    std::size_t column = 1;
    friend bool operator==(position const&, position const&) = default;
};
// "3:7", line and column: what stands behind the name of a file
std::string to_string(position where);

enum class kind : std::uint8_t { null, boolean, number, text, list, object };
// With its article, for sentences: "a number", "an object".
std::string_view to_string(kind what) noexcept;

struct member;

class node {
public:
    // A number keeps its spelling: whoever wants an integer must not get a rounded one.
    struct number {
        std::string spelling;
        friend bool operator==(number const&, number const&) = default;
    };
    using list = std::vector<node>;
    using object = std::vector<member>;  // in the order of the file; keys are unique
    using content = std::variant<std::nullptr_t, bool, number, std::string, list, object>;

    node() noexcept;  // null
    node(content value, position where) noexcept;
    node(node const& other);
    node(node&& other) noexcept;
    node& operator=(node const& other);
    node& operator=(node&& other) noexcept;
    ~node();

    kind what() const noexcept { return static_cast<kind>(content_.index()); }
    position where() const noexcept { return where_; }

    // Nothing if the value is of another kind.
    std::optional<bool> as_boolean() const noexcept;
    std::optional<std::int64_t> as_integer() const noexcept;  // a number that is whole and fits
    std::optional<double> as_real() const noexcept;
    // A text, or the spelling of a number. Null if it is neither.
    std::string const* as_text() const noexcept;
    // Empty if the value is of another kind.
    list const& items() const noexcept;
    object const& members() const noexcept;
    // The member's value; null if this is no object or has no such key.
    node const* find(std::string_view key) const noexcept;

    // Compares the values, not where they stand.
    friend bool operator==(node const& a, node const& b) noexcept;

private:
    content content_;
    position where_;
};

struct member {
    std::string key;
    position where;  // of the key
    node value;
    friend bool operator==(member const& a, member const& b) noexcept { return a.key == b.key && a.value == b.value; }
};

// Follows a path such as "ci[0].projects[1].name" as far as it goes: where a message about it points best.
position locate(node const& root, std::string_view path) noexcept;

}  // namespace chatrixcd::hjson
