// SPDX-License-Identifier: Apache-2.0
// A column that holds secrets, or what people said. A store that has a key keeps its values encrypted (base::transaction::seal): each such
// column has a key of its own, so that a value of one is refused in another.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::base {

class sealed_column {
public:
    // Names as SQL takes them, of a BLOB column in a table with row ids. Both are literals: nothing is copied. The step of the schema that
    // makes a column sealed makes it anew: what it writes there begins with the format byte 0, and is sealed when the steps are done.
    constexpr sealed_column(std::string_view table, std::string_view name) : table_(table), name_(name) {}

    constexpr std::string_view table() const noexcept { return table_; }
    constexpr std::string_view name() const noexcept { return name_; }
    // "inbox.event": what its key is derived from, and what errors call it.
    std::string label() const { return std::string(table_) + "." + std::string(name_); }

    friend constexpr bool operator==(sealed_column const&, sealed_column const&) = default;

private:
    std::string_view table_;
    std::string_view name_;
};

}  // namespace chatrixcd::base
