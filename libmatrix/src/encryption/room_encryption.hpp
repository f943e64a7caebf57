// SPDX-License-Identifier: Apache-2.0
// A message on its way into an encrypted room: who is to read it, and whether they can. Called inside store closures.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/matrix/newcomer.hpp>

#include "crypto/context.hpp"
#include "crypto/rooms/sending_key.hpp"
#include "outbox/sealed_message.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

// To whose devices keys are given in a room.
struct room_policy {
    bool unsigned_devices = false;  // also to those for which their owner's identity does not vouch
    bool pinned = false;            // to those alone whose owner was there when the room was pinned, or was accepted since
};

// Who is to read what is said in the room from now on: its members, and who is invited unless the room keeps its history from them. A room
// that is to be pinned is, once all of its members are known.
crypto::audience audience_of(crypto::context const& with, room_id const& room, room_policy how);
// Who of them waits to be accepted.
std::vector<newcomer> newcomers_of(crypto::context const& with, room_id const& room);

// The row as it is to leave. In a room that was never encrypted, as it is. In one that was: encrypted, and kept so, for a repetition must
// be the same bytes. `unanswered`: users whose homeserver did not answer when
// their lists were asked for: they are not waited for.
sealed_message seal_message(crypto::context const& with, outbox_row const& row, room_policy how, std::set<user_id> const& unanswered);
// Of a client without encryption: in a room that was ever encrypted nothing is said in clear.
sealed_message leave_in_clear(base::transaction& t, std::int64_t account, outbox_row const& row);

}  // namespace chatrixcd::matrix::detail
