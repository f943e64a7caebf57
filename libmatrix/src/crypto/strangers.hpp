// SPDX-License-Identifier: Apache-2.0
// Bounds on what others can make us keep, and what nobody needs any more. Called inside store closures.
#pragma once

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// The newest so many are kept of notices that a key is withheld, from one user about rooms that we are in and from all about others; of
// keys for rooms that we are not in; of sessions with devices that nobody vouches for being there; and of Olm messages that were read
// (their sessions do not read them again). These bounds are met by floods alone.
inline constexpr std::int64_t most_withheld_by_one = 1000;
inline constexpr std::int64_t most_withheld_elsewhere = 5000;
inline constexpr std::int64_t most_keys_elsewhere = 1000;
inline constexpr std::int64_t most_strange_sessions = 1000;
inline constexpr std::int64_t most_seen = 100000;

void bound_withheld(context const& with, room_id const& room, user_id const& sender);
void bound_keys_of(context const& with, room_id const& room);
void bound_sessions_of(context const& with, std::string const& their_key);
void bound_seen(context const& with);

// What is of no use after so long: which Olm messages were read (their sessions do not read them again), when sessions were begun anew.
inline constexpr base::duration seen_matters = std::chrono::hours(24 * 30);
void forget_old(context const& with);

}  // namespace chatrixcd::matrix::crypto
