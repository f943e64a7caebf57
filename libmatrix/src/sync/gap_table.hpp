// SPDX-License-Identifier: Apache-2.0
// Stretches of a room's timeline that a sync left out. Later events of the room wait in the inbox until theirs is filled. Called inside
// store closures.
#pragma once

#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix::detail {

struct gap_row {
    std::int64_t id = 0;
    room_id room;
    std::int64_t position = 0;  // of the timeline behind it; its own events have one less
    std::string token;          // where to go on: forwards, or backwards while `seeking`
    std::string until_event;    // the first event that is known again; empty: unknown
    std::string after_event;    // the last that is known before the gap; empty: the token is right behind it
    bool seeking = false;       // where the gap begins has yet to be found
    bool inside = true;         // whether we are in the room at that point
    std::int64_t filled = 0;    // events fetched so far
    bool restored = false;      // what is in it may have been handled before
};

// Returns its id.
std::int64_t insert_gap(base::transaction& t, std::int64_t account, gap_row const& gap);
// The one to work on: the first of its room, and of those the one with the least behind it, so that a long gap keeps no room waiting.
std::optional<gap_row> next_gap(base::transaction& t, std::int64_t account);
void advance_gap(base::transaction& t, gap_row const& gap);
void close_gap(base::transaction& t, gap_row const& gap);

}  // namespace chatrixcd::matrix::detail
