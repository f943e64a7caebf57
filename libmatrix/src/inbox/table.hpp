// SPDX-License-Identifier: Apache-2.0
// The inbox: what has arrived and is not yet handled. Called inside store closures.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/event.hpp>

#include "inbox/filter.hpp"

namespace chatrixcd::matrix::detail {

// A message is given up after so many tries.
inline constexpr std::int64_t most_tries = 3;
// How long a handled event is known, against re-delivery by the server.
inline constexpr base::duration done_memory = std::chrono::hours(24 * 30);

struct inbox_row {
    std::int64_t id = 0;
    room_id room;
    std::string event_id;  // of invitations and lost gaps: made up here
    inbox_kind kind = inbox_kind::message;
    std::string event;  // JSON text
    std::string trace;
    std::int64_t tries = 0;
    base::time_point received;
    bool restored = false;  // from a store that was put back: perhaps handled before
    trust believed;
};

// What arrives.
class arrival {
public:
    arrival() = default;
    std::int64_t account = 0;
    room_id room;
    std::int64_t position = 0;
    base::time_point now;
    bool restored = false;
};
struct new_row {
    std::string event_id;
    inbox_kind kind = inbox_kind::message;
    base::blob event;  // sealed
    std::string trace;
    std::optional<std::string> believed;  // trust_text() of what was encrypted
};
// Rows for what has arrived at one place, in its order. What waits already or was handled in the last 30 days is ignored. Returns how many
// rows were made.
std::size_t insert_rows(base::transaction& t, arrival const& where, std::span<new_row const> rows);
// As above, one; returns whether it was made.
bool insert_row(base::transaction& t, arrival const& where, std::string const& event_id, inbox_kind kind, std::string const& event,
                std::string const& trace);
// An event that will not be handled: for `done_memory` it is known as one that was.
void note_done(base::transaction& t, arrival const& where, std::string const& event_id);
bool is_known(base::transaction& t, std::int64_t account, room_id const& room, std::string const& event_id);
// An invitation that was accepted, rejected or withdrawn need not be handled.
void drop_invites(base::transaction& t, std::int64_t account, room_id const& room);

// At start: what was being handled when the program ended waits again; its mark counts as a try.
void reset_marks(base::transaction& t, std::int64_t account);
// Marks at most `most` rows as being handled and counts the try: the first of each room of which nothing is handled and that has no open
// gap before it. Those whose tries are used up are returned with tries > most_tries: they are to be set aside.
std::vector<inbox_row> take_rows(base::transaction& t, std::int64_t account, std::int64_t most);

// Handled: what it said is gone, and it is remembered for 30 days.
void finish_row(base::transaction& t, inbox_row const& row, base::time_point now);
// Waits again; `counted`: the try counts.
void release_row(base::transaction& t, inbox_row const& row, bool counted);
// Rows that are marked though nobody handles them wait again; that counts as no try. `handled`: those that somebody does.
void release_others(base::transaction& t, std::int64_t account, std::vector<std::int64_t> const& handled);
// Given up, for the reason given.
void set_row_aside(base::transaction& t, inbox_row const& row, std::string const& reason);
// Waits for the next start; that it was handed out counts as no try.
void leave_row(base::transaction& t, inbox_row const& row);

// Forgets what was handled more than 30 days ago.
void prune_done(base::transaction& t, std::int64_t account, base::time_point now);

}  // namespace chatrixcd::matrix::detail
