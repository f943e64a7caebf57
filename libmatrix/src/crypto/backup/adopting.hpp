// SPDX-License-Identifier: Apache-2.0
// Room keys that come from a backup or a file. Called inside store closures.
//
// An exported key names the device of its sender, not the user, and nobody has signed it, while a room key here is somebody's. It becomes
// that of the sender of an event that waits for it, whose words it then reads, if
// - it is of the session that was asked for;
// - where we hold a key of that session from the same user, both are one ratchet: then what we hold reads further back, nothing else of it
//   changes, and it is believed as before, for nobody can make up the past of a ratchet;
// - nobody else has given us a key of that session;
// - its device is not known as somebody else's, and, if it is known, signs with the key that is claimed.
// It is never believed to be any device's (trust::source is key_source::backup), and gives way to what its sender says himself.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <utility>
#include <vector>

#include "crypto/backup/exported_session.hpp"
#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// Whether there is now something to read with. `refused` also: the key contradicts one of the rules above.
key_outcome adopt_key(context const& with, room_id const& room, std::string const& session, user_id const& sender,
                      exported_session const& exported);

// Room and session.
using session_name = std::pair<room_id, std::string>;
// What waits for its key, and was not looked for in the backup yet; of a session that was, only after a while.
std::vector<session_name> next_to_look_up(context const& with);
void note_looked_up(context const& with, session_name const& which);

struct restored {
    bool has_key = false;   // something that waits can be read, or more of it
    std::string complaint;  // why not; empty: nothing is wrong
};
// From the answer to GET /room_keys/keys/{roomId}/{sessionId}.
restored take_backed_up(context const& with, session_name const& which, boost::json::object const& answer);

}  // namespace chatrixcd::matrix::crypto
