// SPDX-License-Identifier: Apache-2.0
// What makes an event a message: one rule for events and for what is only looked at inside a response.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

namespace chatrixcd::matrix::detail {

struct message_parts {
    std::string_view type;
    bool is_state = false;
    boost::json::object const& content;
    boost::json::object const* extra = nullptr;  // unsigned, if it has one
};

// As matrix::is_message() and matrix::is_text_message().
bool is_message(message_parts const& of) noexcept;
bool is_text_message(message_parts const& of) noexcept;

}  // namespace chatrixcd::matrix::detail
