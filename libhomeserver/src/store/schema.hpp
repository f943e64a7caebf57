// SPDX-License-Identifier: Apache-2.0
// The tables of homeserver.db, as numbered migrations.
//
// An event has two places: stream_ordering says when this server learned of it (what /sync walks), depth where it stands in its room's
// history (what /messages walks, with the stream as a tie-break). State is addressed at each event: state_before and state_after name
// state groups; a group is its parent plus entries, or a snapshot if it has no parent. current_state and memberships are derived from
// the events and could be rebuilt from them.
#pragma once

#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

std::vector<base::migration> migrations();

}  // namespace chatrixcd::homeserver
