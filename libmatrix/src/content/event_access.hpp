// SPDX-License-Identifier: Apache-2.0
// Makes events that look into a parsed response instead of copying out of it.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string_view>

#include <chatrixcd/matrix/event.hpp>

namespace chatrixcd::matrix::detail {

class event_access {
public:
    // What was checked already: the members of `raw`, which lives as long as `keeper`.
    struct checked {
        boost::json::object const* raw;
        boost::json::object const* content;
        std::string_view type;
        std::string_view id;
        std::string_view sender;
        std::optional<std::string_view> state_key;
        base::time_point sent;
    };
    // When an event says that it was sent; the epoch if it does not, or makes no sense.
    static base::time_point time_of(boost::json::object const& raw) noexcept;
    static event borrow(checked const& from, std::shared_ptr<void const> keeper, trust believed = {});
    // As event::parse_text(), of an event that was read already.
    static result<event> parse_text(std::string_view json, trust believed);
    static result<event> parse(boost::json::object raw, trust believed);
};

}  // namespace chatrixcd::matrix::detail
