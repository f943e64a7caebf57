// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/database.hpp"

namespace chatrixcd::base {

// Brings the schema up to date, each step in a transaction of its own. Error kind `environment`: the file is newer than this
// program, belongs to another one, or a step failed, of which then nothing is kept.
result<void> migrate(database& db, std::vector<migration> const& steps);

}  // namespace chatrixcd::base
