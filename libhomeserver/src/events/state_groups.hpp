// SPDX-License-Identifier: Apache-2.0
// The state of a room at each event. A group is one state; most are their parent and one more event, and every so often one is written
// out whole, so that a chain to walk stays short.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/auth_rules.hpp>

namespace chatrixcd::homeserver {

using protocol::state_slot;

// The empty state, before a room's first event.
inline constexpr std::int64_t no_state = 0;

// Event ids by their slots.
using state_map = std::map<state_slot, std::string>;

// A new group: `parent` with that event in that slot.
std::int64_t extend_state(base::transaction& db, std::int64_t parent, state_slot const& slot, std::string const& event_id);
// The event in one slot.
std::optional<std::string> state_event_at(base::transaction& db, std::int64_t group, std::string_view type, std::string_view state_key);
state_map state_at(base::transaction& db, std::int64_t group);
// Those slots of `to` that differ from `from`. (Slots are never emptied.)
state_map state_changes(base::transaction& db, std::int64_t from, std::int64_t to);

}  // namespace chatrixcd::homeserver
