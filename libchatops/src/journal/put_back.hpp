// SPDX-License-Identifier: Apache-2.0
// Commands of a store that was put back from a copy: nobody knows whether they have run. They are not run, and listed in their room, in
// one message that grows.
#pragma once

#include <cstdint>
#include <string>

#include "journal/journal.hpp"

namespace chatrixcd::chatops::journal {

// The number that chat and store keep, as the store has it; 0: none yet.
std::int64_t load_mark(base::transaction& in, std::string const& chat);
void save_mark(base::transaction& in, std::string const& chat, std::int64_t value);

// Ends a command that is in state `received` as in doubt, and puts it on its room's list.
void put_in_doubt(base::transaction& in, entry const& asked, base::time_point now);

}  // namespace chatrixcd::chatops::journal
