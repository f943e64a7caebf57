// SPDX-License-Identifier: Apache-2.0
#include "inbox/filter.hpp"

#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

std::optional<inbox_kind> inbox_filter::kind_of(room_id const& room, raw_event const& e, user_id const& me,
                                                std::shared_ptr<void const> const& keeper) const {
    // Most events need not be made to be refused.
    bool const is_candidate = e.type() == "m.room.message" && !e.state_key();
    if (!wanted && !is_candidate) return std::nullopt;
    if (!other_events && (!is_candidate || e.sender() == me.str())) return std::nullopt;
    auto const whole = e.to_event(keeper);
    bool const accepted = wanted ? wanted(room, whole) : is_text_message(whole);
    if (!accepted) return std::nullopt;
    // A text message is a message: that need not be asked again.
    bool const is_for_us = e.sender() != me.str() && (!wanted || is_message(whole));
    if (is_for_us) return messages ? std::optional(inbox_kind::message) : std::nullopt;
    return other_events ? std::optional(inbox_kind::other_event) : std::nullopt;
}

}  // namespace chatrixcd::matrix::detail
