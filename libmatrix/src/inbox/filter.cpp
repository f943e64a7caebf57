// SPDX-License-Identifier: Apache-2.0
#include "inbox/filter.hpp"

namespace chatrixcd::matrix::detail {

std::optional<inbox_kind> inbox_filter::kind_of(room_id const& room, event const& e, user_id const& me) const {
    bool const accepted = wanted ? wanted(room, e) : is_text_message(e);
    if (!accepted) return std::nullopt;
    if (is_message(e) && e.sender() != me) return messages ? std::optional(inbox_kind::message) : std::nullopt;
    return other_events ? std::optional(inbox_kind::other_event) : std::nullopt;
}

}  // namespace chatrixcd::matrix::detail
