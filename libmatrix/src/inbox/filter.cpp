// SPDX-License-Identifier: Apache-2.0
#include "inbox/filter.hpp"

#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

std::optional<inbox_kind> inbox_filter::kind_of(room_id const& room, raw_event const& e, user_id const& me,
                                                std::shared_ptr<void const> const& keeper, trust const& believed) const {
    // Most events need not be made to be refused, nor to be taken.
    bool const is_own = e.sender() == me.str();
    bool const can_be_for_us = messages && !is_own;
    if (!other_events && !can_be_for_us) return std::nullopt;
    bool const is_one = is_message(e.parts());
    if (!other_events && !is_one) return std::nullopt;
    bool const accepted = wanted ? wanted(room, e.to_event(keeper, believed)) : is_text_message(e.parts());
    if (!accepted) return std::nullopt;
    if (is_one && !is_own) return messages ? std::optional(inbox_kind::message) : std::nullopt;
    return other_events ? std::optional(inbox_kind::other_event) : std::nullopt;
}

}  // namespace chatrixcd::matrix::detail
