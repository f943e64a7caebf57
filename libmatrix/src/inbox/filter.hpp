// SPDX-License-Identifier: Apache-2.0
// Which events become inbox rows. Set before start and pure, for it is asked on the store's thread, inside the transaction that receives.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <chatrixcd/matrix/event.hpp>

namespace chatrixcd::matrix::detail {

class raw_event;

// As stored: do not renumber.
enum class inbox_kind : std::uint8_t { message = 1, other_event = 2, invite = 3, gap_lost = 4 };

class inbox_filter {
public:
    inbox_filter() = default;
    std::function<bool(room_id const&)> rooms;                 // empty: all
    std::function<bool(room_id const&, event const&)> wanted;  // empty: is_text_message()
    // What somebody is there to take.
    bool messages = false;
    bool other_events = false;
    bool invites = false;

    bool wants_room(room_id const& room) const { return (messages || other_events) && (!rooms || rooms(room)); }
    // An event of a room that is wanted; `keeper` owns what it looks into.
    std::optional<inbox_kind> kind_of(room_id const& room, raw_event const& e, user_id const& me, std::shared_ptr<void const> const& keeper,
                                      trust const& believed = {}) const;
};

}  // namespace chatrixcd::matrix::detail
