// SPDX-License-Identifier: Apache-2.0
// Receiving: the one closure that takes a sync response in. Room state, inbox rows, gap rows and the position are kept together or not at
// all; only then is the response done with. Without any of them the position alone may wait (docs/adr/0007-position-may-lag.md). What is
// encrypted is read here.
#pragma once

#include <cstddef>
#include <string>

#include "crypto/verification/said.hpp"
#include "sync/gap_table.hpp"
#include "sync/receiving.hpp"
#include "sync/response.hpp"

namespace chatrixcd::matrix::detail {

struct received {
    std::size_t rows = 0;
    std::size_t gaps = 0;
    bool upgrades = false;                // there are rooms to follow
    bool devices = false;                 // there is something to do for encryption
    bool waiting = false;                 // something waits for its key
    std::vector<std::string> complaints;  // of encrypted events and messages to this device that were refused
    std::vector<room_id> changed;         // rooms of which something is known that was not
    std::vector<crypto::verification_said> verifications;
    std::vector<inbox_row> taken;  // marked as being handled in the same transaction
};

// Empty before the first sync, and when the homeserver has forgotten our position.
std::string load_position(base::transaction& t, std::int64_t account);
// The homeserver does not know our position any more. The next batch shows everything anew: what is known already stays so, and what came
// meanwhile becomes gaps.
void forget_position(base::transaction& t, std::int64_t account);
received commit_batch(base::transaction& t, sync_batch const& batch, receiving how);

// What a page of a gap brought.
enum class gap_outcome : std::uint8_t { open, closed, lost };
struct page_taken {
    gap_outcome gap = gap_outcome::open;
    std::vector<crypto::verification_said> verifications;  // that no sync has shown
};
// Takes a page in, oldest event first, and moves the gap behind it; of a gap whose beginning is sought, newest event first, and moves
// before it. `lost`: `bound` events did not reach its end.
page_taken commit_page(base::transaction& t, history_page const& page, gap_row gap, std::size_t bound, receiving how);
// Gives the rest of a gap up: whoever listens is told why, in its place.
void commit_loss(base::transaction& t, gap_row const& gap, std::string const& reason, receiving& how);

}  // namespace chatrixcd::matrix::detail
