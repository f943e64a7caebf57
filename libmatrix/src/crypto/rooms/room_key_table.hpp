// SPDX-License-Identifier: Apache-2.0
// The Megolm keys that others gave us, and which of their messages were read. Called inside store closures.
#pragma once

#include <chatrixcd/matrix/trust.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

struct room_key_row {
    std::int64_t id = 0;
    room_id room;
    std::string session;
    // Whose it is: only their events are read with it.
    user_id sender;
    std::string sender_curve25519;
    std::string sender_ed25519;
    key_source source = key_source::direct;
    std::int64_t first_index = 0;
    std::int64_t highest_index = -1;  // read so far
    std::int64_t messages_of = 0;     // under which number its messages are noted; rows of one ratchet share it
    std::unique_ptr<inbound_group> group;
};

// That of `sender`: others may have passed it on as theirs, and it reads nothing of theirs.
std::optional<room_key_row> find_room_key(context const& with, room_id const& room, std::string const& session, user_id const& sender);
// All of a session in a room, whoever is said to own them; the best vouched for first, and a few at most.
std::vector<room_key_row> room_keys_of(context const& with, room_id const& room, std::string const& session);
// What became of a key that came.
enum class key_outcome : std::uint8_t { added, improved, known, refused };
// Each device has its own row of a session; the key is improved if it is the same one from an earlier index on, or if it is better vouched
// for. One that is another key is refused, unless it is better vouched for than what is here.
key_outcome add_room_key(context const& with, room_key_row row);
// It has never read anything, and does not read what it should: whoever passed it on has made it up. Another one may come.
void forget_room_key(context const& with, room_key_row const& row);
// Whether the same device has a key for the room that came later and was used. Of a key that others passed on, or that lay in a backup, it
// is not known when it was made: it counts as older than those that the device gave out itself.
bool has_newer_key(context const& with, room_key_row const& than);

// The message at that index is this event; false if it is known as another one: a repetition.
bool note_message(context const& with, room_key_row& of, std::uint32_t index, std::string const& event, base::time_point sent);

}  // namespace chatrixcd::matrix::crypto
