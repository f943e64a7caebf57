// SPDX-License-Identifier: Apache-2.0
// Which room keys are not in the backup yet, and what is put there of them. Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/base/random.hpp>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// Keys of one request at most.
inline constexpr std::int64_t most_backed_up_at_once = 100;

struct backup_batch {
    boost::json::object body;  // of PUT /room_keys/keys
    struct key {
        std::int64_t id = 0;
        std::string session;
        std::int64_t first_index = 0;
    };
    std::vector<key> keys;  // empty: all are there
};
// A backup has one key for each session of a room: of several that claim to be it, the one whose source is the best, and that came first.
backup_batch next_to_back_up(context const& with, base::random& randomness, std::string const& public_key);
// They are there, unless they have become others meanwhile.
void note_backed_up(context const& with, std::vector<backup_batch::key> const& keys);
std::int64_t count_to_back_up(context const& with);

}  // namespace chatrixcd::matrix::crypto
