// SPDX-License-Identifier: Apache-2.0
// Rooms whose members are pinned: a homeserver says who is in a room, and could put anybody there. Whoever is added after the room was
// pinned gets no keys until they are accepted; likewise a member whose identity is another one. Called inside store closures.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <chatrixcd/matrix/newcomer.hpp>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

bool is_pinned(context const& with, room_id const& room);
// `members`: all who may read. The first time they are pinned, with the identities that they have; those whose list of devices has not been
// asked for, with the one that they turn out to have. Later, who is there no more is a newcomer when they come back.
void pin_members(context const& with, room_id const& room, std::vector<user_id> const& members);
// They have left: a newcomer when they come back.
void unpin_member(context const& with, room_id const& room, user_id const& user);

// Those of `members` who are not pinned as what they are now. Of a room that is not pinned: nobody.
std::vector<newcomer> newcomers_among(context const& with, room_id const& room, std::vector<user_id> const& members);
// The user is pinned with that identity.
void accept_newcomer(context const& with, room_id const& room, newcomer const& whom);

// One whom nobody has been told of, and what names that occasion: the same until it is told, over restarts.
struct untold_newcomer {
    newcomer who;
    std::string occasion;
};
// Keeps in mind who waits (what newcomers_among() says); returns those that nobody has been told of, as what they are now, once that has
// been asked.
std::vector<untold_newcomer> note_newcomers(context const& with, room_id const& room, std::vector<newcomer> const& waiting);
void note_told(context const& with, room_id const& room, newcomer const& whom);

}  // namespace chatrixcd::matrix::crypto
