// SPDX-License-Identifier: Apache-2.0
// A database from before it had a key.
#pragma once

#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/column_seals.hpp"
#include "store/database.hpp"

namespace chatrixcd::base {

// Seals what the columns hold in the clear, a transaction for so many rows, and overwrites what was deleted from the file and its
// write-ahead log. Whatever ends the process in between: done again, it goes on. Returns whether all of it is done: not while somebody else
// reads the file. `hooks.before_commit` is called before each commit.
bool seal_older(database& db, std::vector<sealed_column> const& columns, column_seals& seals, store_hooks const& hooks);

}  // namespace chatrixcd::base
