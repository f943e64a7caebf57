// SPDX-License-Identifier: Apache-2.0
// Receiving: the one closure that takes a sync response in. Room state, inbox rows, gap rows and the position are kept together or not at
// all; only then is the response done with. Decryption will take place here.
#pragma once

#include <cstddef>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>

#include "inbox/filter.hpp"
#include "sync/gap_table.hpp"
#include "sync/response.hpp"

namespace chatrixcd::matrix::detail {

// Numbers what arrives together: "kT3bQ9xAz1Lm-4" is a row's trace.
class trace_series {
public:
    explicit trace_series(std::string seed) : seed_(std::move(seed)) {}
    std::string next() { return seed_ + "-" + std::to_string(++count_); }

private:
    std::string seed_;
    unsigned count_ = 0;
};

class receiving {
public:
    receiving(std::int64_t of_account, user_id who, std::string trace_seed)
        : account(of_account), me(std::move(who)), traces(std::move(trace_seed)) {}
    std::int64_t account;
    user_id me;
    trace_series traces;
    inbox_filter filter;
    bool deliver_first = false;  // what the very first sync shows
    bool anew = false;           // a first sync once more: the homeserver does not know our position
    base::time_point now;
};

struct received {
    std::size_t rows = 0;
    std::size_t gaps = 0;
};

// Empty before the first sync.
std::string load_position(base::transaction& t, std::int64_t account);
received commit_batch(base::transaction& t, sync_batch const& batch, receiving how);

// What a page of a gap brought.
enum class gap_outcome : std::uint8_t { open, closed, lost };
// Takes a page in, oldest event first, and moves the gap behind it. `lost`: `bound` events did not reach its end.
gap_outcome commit_page(base::transaction& t, history_page const& page, gap_row gap, std::size_t bound, receiving how);
// Gives the rest of a gap up: whoever listens is told why, in its place.
void commit_loss(base::transaction& t, gap_row const& gap, std::string const& reason, receiving how);

}  // namespace chatrixcd::matrix::detail
