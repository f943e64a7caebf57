// SPDX-License-Identifier: Apache-2.0
// A store that was put back from a copy knows ratchets as they were: what it would encrypt with them next has perhaps been used for
// something else already, with the same key. Called inside store closures.
#pragma once

#include <cstdint>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::matrix::crypto {

// Nothing is sent with any session that the store has: rooms get new ones, and sessions with devices are begun anew, which the devices
// that are known are told of. What others still send is read with the old ones as far as they go.
void distrust_ratchets(base::transaction& t, std::int64_t account, base::time_point now);

}  // namespace chatrixcd::matrix::crypto
