// SPDX-License-Identifier: Apache-2.0
// State events that are redacted while they are current: what they said is taken out of the store as well (room version specifications,
// "Redactions"). Called inside store closures.
#pragma once

#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/ids.hpp>

#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

// Carries out those redactions among the events that name current state of the room, or what waits there for its key. Returns whether
// anything changed. A homeserver shows a redaction only once it has accepted it, so its sender is not asked for.
bool redact_state(base::transaction& t, std::int64_t account, room_id const& room, std::vector<raw_event> const& events);

}  // namespace chatrixcd::matrix::detail
